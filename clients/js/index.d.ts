/// <reference lib="esnext.disposable" />

/** Durations as a definition has them: `250ms`, `2s`, `15m`, `1h`. */
export type Duration = string;

export interface ConnectOptions {
  /** The control plane; else `MOCKSERVER_CONTROL` of the environment, else `http://127.0.0.1:8001`. */
  control?: string | URL;
  /** The sandbox to work in; else the one without a name. */
  sandbox?: string;
  /** What the control plane asks for beyond loopback; else `MOCKSERVER_TOKEN` of the environment. */
  token?: string;
  /** Where pages reach the API, where that is not what the server says. */
  api?: string;
  /** How the server ended, to tell when it is gone. */
  obituary?: () => Promise<string>;
}

/** A client to the server behind a control plane. *Throws* `Unreachable` where there is none. */
export function connect(options?: ConnectOptions): Promise<Client>;

/** The keys of a fault as a definition has them; the server checks them. */
export interface FaultSettings {
  /** Routes: `GET /animals`, `ANY *`, `WS *`. */
  match?: string | string[];
  status?: number;
  latency?: unknown;
  probability?: number;
  every?: number;
  /** It ends by itself after this time, a quarter of an hour unless it says otherwise. */
  ttl?: Duration;
  enabled?: boolean;
  [key: string]: unknown;
}

export interface Fault extends AsyncDisposable {
  readonly name: string;
  /** Undoes it; once more does no harm. */
  off(): Promise<void>;
  /** How it stands. */
  read(): Promise<FaultState>;
}

export interface FaultState {
  name: string;
  describe: string;
  /** What each of its rules does, in words. */
  effects: string[];
  settings: Record<string, unknown>;
  enabled: boolean;
  source: "file" | "runtime" | "preset";
  preset: string | null;
  priority: number;
  expires_in_s: number | null;
  matched: number;
  fired: number;
  skipped: number;
  overflow: number;
}

/** A text or number; true for any, false for none. */
export type Expected = string | number | boolean;

export interface RequestDetails {
  query?: Record<string, Expected | string[]>;
  headers?: Record<string, Expected>;
  /** A value that is contained in the body; members of objects may be more. */
  json?: unknown;
  /** A text in the body. */
  body?: string;
  /** A status, a class like `5xx`, or 0 where nothing was answered. */
  status?: number | string;
  /** A fault that acted. */
  fault?: string;
  /** Only after the exchange of this number. */
  since?: number;
  /** Only up to the exchange of this number. */
  until?: number;
}

export interface Expectation extends RequestDetails {
  method?: string;
  /** `*` is one step, `**` at the end any more; without a sandbox's prefix. */
  path?: string;
}

export interface Exchange {
  number: number;
  sandbox: string;
  at: number;
  method: string;
  target: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: string;
  /** 0 where nothing was answered. */
  status: number;
  reply_headers: [string, string][];
  decided_by: string;
  faults: { fault: string; n: number; draw: number; fired: boolean; rule?: number }[];
  duration_ms: number;
  request_bytes: number;
  reply_bytes: number;
}

export interface Socket {
  id: string;
  transport: "websocket" | "sse";
  path: string;
  session: string;
  user: string;
  sandbox: string;
  rooms: string[];
  remote: string;
  state: string;
  since: string;
  age_s: number;
  messages_in: number;
  messages_out: number;
  bytes_in: number;
  bytes_out: number;
  queue: number;
  queue_bytes: number;
}

export type SocketEnd = { code?: number; reason?: string } | { how: "close" | "drop" | "reset" | "stall" };

/** How one client lost its connections and came back. */
export interface Reconnects {
  client: string;
  connected: boolean;
  window: string | null;
  attempts: { at: number; window: string; after_s: number | null; outcome: "open" | "refused"; status: number }[];
  losses: { at: number; window: string; how: string; by: string; code: number | null; down_s: number | null }[];
  delays_s: number[];
  /** 0 where the pause is the same each time. */
  jitter: number;
  topics: { before: string[]; after: string[] };
  delivered: number;
  missed: number;
  doubled: number;
  gaps: number;
  refetched: boolean;
  missed_ids: string[];
}

export interface Time {
  now: string;
  frozen: boolean;
}

export interface Snapshot {
  name: string;
  created: string;
  documents: number;
}

export type Part = "data" | "faults" | "feed" | "journal" | "clock";

/** One sandbox of a server; it ends with `await using`. */
export interface Client extends AsyncDisposable {
  /** The name of the sandbox. */
  readonly sandbox: string;
  /** Where its API begins, for HTTP. */
  readonly url: string;
  /** Where its API begins, for WebSockets. */
  readonly wsUrl: string;
  /** What says in a request that this sandbox is meant, where the path can't. */
  readonly headers: { "X-Mock-Sandbox": string };

  /**
   * The same server, another sandbox, which ends with this one; without a name one that nobody has. It begins when it
   * is first used, and is called `{sandbox}-{name}`; that of the default sandbox has the name alone.
   */
  sibling(name?: string): Client;
  /** Has nothing left of the sandbox: its sockets are closed with 1012. The default one is put back instead. */
  end(): Promise<void>;

  /** Back to the file: all of it, or the parts that are named. */
  reset(...what: Part[]): Promise<void>;
  /** Switches to a scenario of the definition; null is the state of the file. */
  scenario(name: string | null): Promise<void>;

  /**
   * Switches a fault on: one of the definition or a preset by its name, or changed by settings; under any other name a
   * new one, as a definition would write it.
   */
  fault(name: string, settings?: FaultSettings): Promise<Fault>;
  /** Has a fault in force while `fn` runs, and gives what that gives. */
  withFault<T>(name: string, fn: (fault: Fault) => T | Promise<T>): Promise<T>;
  withFault<T>(name: string, settings: FaultSettings, fn: (fault: Fault) => T | Promise<T>): Promise<T>;
  /** Switches all faults off, and the script of a scenario with them; gives which they were. */
  off(): Promise<string[]>;

  /** The documents of a resource as they are now, plain; filters, `sort` and `q` are those of the API. */
  rows<T = Record<string, unknown>>(resource: string, filters?: Record<string, unknown>): Promise<T[]>;
  /** What was asked, the oldest first; with an expectation only what fits it. */
  requests(expectation?: Expectation): Promise<Exchange[]>;
  /** How many requests fit an expectation. */
  count(expectation?: Expectation): Promise<number>;

  /** What is open: WebSockets and event streams. */
  sockets(): Promise<Socket[]>;
  /** Ends a socket, by a close code or as networks do; 1000 where nothing is said. */
  close(id: string, end?: SocketEnd): Promise<void>;
  /** Says something on the feed; gives the event's id. */
  publish(topic: string, data?: unknown): Promise<string>;

  readonly clock: {
    read(): Promise<Time>;
    /** So much later; what is due by then happens. */
    advance(duration: Duration): Promise<Time>;
    /** Stands still, at this moment where one is given. */
    freeze(at?: Date | string): Promise<Time>;
    /** Another time, from which it goes on. */
    set(at: Date | string): Promise<Time>;
    /** The time of day. */
    real(): Promise<Time>;
  };
  readonly snapshot: {
    /** Keeps the data as it is. */
    save(name: string): Promise<Snapshot>;
    /** Goes back to it. */
    restore(name: string): Promise<Snapshot>;
  };

  /** How clients lost their connections and came back, one record a client. */
  reconnects(): Promise<Reconnects[]>;

  /**
   * Holds a request to have been made, `times` often or at least once; one that is on its way is waited for, `within`
   * so many milliseconds (2,000). *Throws* `AssertionError` naming the requests that come nearest, and what differs.
   */
  assertRequested(
    method: string,
    path: string,
    expected?: RequestDetails & { times?: number; within?: number },
  ): Promise<void>;
  /** Holds no such request to have been made until now. *Throws* `AssertionError` naming those that were. */
  assertNotRequested(method: string, path: string, expected?: RequestDetails): Promise<void>;
  /**
   * Holds every client that was cut off, or the one named, to have come back, or to do so `within` so many milliseconds
   * (10,000). *Throws* `AssertionError` telling what happened instead.
   */
  assertReconnected(expected?: {
    client?: string;
    within?: number;
    maxAttempts?: number;
    /** True unless it is said; a gap is none if the client has fetched its data anew. */
    noMissedEvents?: boolean;
    /** How unlike its pauses must be, 0 to 1. */
    minJitter?: number;
  }): Promise<Reconnects[]>;
}

/** What was expected is not so; the message says what is. */
export class AssertionError extends Error {
  name: "AssertionError";
}

/** The server understood and said no. */
export class Refused extends Error {
  name: "Refused";
  readonly status: number;
  /** As it was answered (RFC 9457). */
  readonly problem: Record<string, unknown>;
  /** Where it is wrong: a JSON pointer into what was sent, or a parameter. */
  readonly errors: { pointer?: string; parameter?: string; detail: string }[];
}

/** Nobody answers there, or somebody else does. */
export class Unreachable extends Error {
  name: "Unreachable";
}
