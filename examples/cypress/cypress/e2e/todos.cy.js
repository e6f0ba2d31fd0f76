it("adds a todo", () => {
  cy.visit("/");
  cy.get("[name=title]").type("Wash the owl");
  cy.contains("button", "Add").click();
  cy.get("li").should("have.length", 3).last().should("have.text", "Wash the owl");
  cy.mockRequested("POST", "/v1/todos", { json: { title: "Wash the owl" }, times: 1 });
});

it("says an outage, and recovers", () => {
  cy.mockFault("outage", { match: "GET /todos", status: 503 });
  cy.visit("/");
  cy.get("[role=status]").should("contain", "Trying again");
  cy.mockOff();
  cy.get("li").should("have.length", 2);
});

it("says that there is nothing to do", () => {
  cy.mockScenario("empty");
  cy.visit("/");
  cy.get("[role=status]").should("have.text", "Nothing to do.");
});
