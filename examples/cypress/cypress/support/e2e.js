Cypress.Commands.add("mockScenario", (name) => cy.task("mock:scenario", name));
Cypress.Commands.add("mockFault", (name, settings) => cy.task("mock:fault", { name, settings }));
Cypress.Commands.add("mockOff", () => cy.task("mock:off"));
Cypress.Commands.add("mockRequested", (method, path, expected) =>
  cy.task("mock:requested", { method, path, expected }),
);

beforeEach(() => cy.task("mock:reset"));
