/**
 * What goes over the wire, seen from outside: `WebSocket`, `EventSource` and `fetch` that tell what happens to them.
 * The reference client takes them in place of the browser's own, and knows nothing of it.
 */

/**
 * The three, each telling `note`: `{what, window, code?, reason?, frame?}`, where `what` is `attempt`, `lost`, `frame`
 * (an event), `word` (anything else that was said) or `damaged`.
 * What the client itself lets go is not told as lost.
 */
export function watchWire(note) {
  return { WebSocket: watchSockets(note), EventSource: watchStreams(note), fetch: watchPolls(note) };
}

function watchSockets(note) {
  return class extends WebSocket {
    constructor(url) {
      super(url);
      note({ what: "attempt", window: "ws" });
      this.addEventListener("message", ({ data }) => noteFrame(note, "ws", data));
      this.addEventListener("close", ({ code, reason }) => {
        if (!this.isLetGo) note({ what: "lost", window: "ws", code, reason });
      });
    }

    close(...given) {
      this.isLetGo = true;
      super.close(...given);
    }
  };
}

function watchStreams(note) {
  return class extends EventSource {
    constructor(url, given) {
      super(url, given);
      note({ what: "attempt", window: "sse" });
      this.addEventListener("message", ({ data }) => noteFrame(note, "sse", data));
      this.addEventListener("sys", ({ data }) => noteFrame(note, "sse", data));
      this.addEventListener("error", () => {
        const reason = this.readyState === EventSource.CLOSED ? "refused" : "ended";
        note({ what: "lost", window: "sse", reason });
      });
    }
  };
}

/** Requests of a poll are many: only what fails is told, and what comes. */
function watchPolls(note) {
  return async (target, given) => {
    const window = new URL(target).searchParams.has("wait") ? "longpoll" : "poll";
    try {
      const answer = await fetch(target, given);
      if (!answer.ok) note({ what: "lost", window, code: answer.status, reason: answer.statusText });
      else await noteAnswer(note, window, answer.clone());
      return answer;
    } catch (error) {
      if (!given.signal.aborted) note({ what: "lost", window, reason: "no connection" });
      throw error;
    }
  };
}

async function noteAnswer(note, window, answer) {
  const { events } = await answer.json();
  note({ what: "word", window, frame: {} });
  events.forEach((frame) => note({ what: "frame", window, frame }));
}

/** What is damaged is for the client to find out. */
function noteFrame(note, window, text) {
  try {
    const frame = JSON.parse(text);
    note({ what: frame.id ? "frame" : "word", window, frame });
  } catch {
    note({ what: "damaged", window });
  }
}
