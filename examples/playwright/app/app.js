const list = document.querySelector("ul");
const status = document.querySelector("[role=status]");
const form = document.querySelector("form");

async function load() {
  try {
    const answer = await fetch("v1/todos");
    if (!answer.ok) throw new Error(`The server said ${answer.status}.`);
    show(await answer.json());
  } catch {
    status.textContent = "Could not load. Trying again …";
    setTimeout(load, 500);
  }
}

function show(todos) {
  status.textContent = todos.length ? "" : "Nothing to do.";
  const items = todos.map(({ title }) => Object.assign(document.createElement("li"), { textContent: title }));
  list.replaceChildren(...items);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const title = form.elements.title.value;
  await fetch("v1/todos", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ title }),
  });
  form.reset();
  await load();
});

await load();
