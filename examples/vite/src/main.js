const list = document.querySelector("ul");

async function load() {
  const todos = await (await fetch("/v1/todos")).json();
  const items = todos.map(({ title }) => Object.assign(document.createElement("li"), { textContent: title }));
  list.replaceChildren(...items);
}

// Whatever anybody changes is shown.
new WebSocket("/v1/events/ws?topics=todos").addEventListener("message", load);
