/** The todos of a server: what the application calls, and what its tests are about. */
export class Todos {
  constructor(url, pauseMs = 200) {
    this.url = `${url}/v1/todos`;
    this.pauseMs = pauseMs;
  }

  /** All of them; a server that is away for a moment is asked again. */
  async list(attempts = 3) {
    const answer = await fetch(this.url);
    if (answer.ok) return answer.json();
    if (attempts === 1) throw new Error(`The server said ${answer.status}.`);
    await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    return this.list(attempts - 1);
  }

  async add(title) {
    const body = JSON.stringify({ title });
    const answer = await fetch(this.url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!answer.ok) throw new Error(`The server said ${answer.status}.`);
    return answer.json();
  }
}
