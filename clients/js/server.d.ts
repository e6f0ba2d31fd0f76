/// <reference lib="esnext.disposable" />

export interface StartOptions {
  /** Files or folders; else what `mockserver serve` finds by itself: `mockserver.yaml`. */
  definition?: string | string[];
  /** More arguments of `mockserver serve`, like `["--seed", "7"]`; ports are free ones unless they say others. */
  args?: string[];
  /** What runs it, like `.venv/bin/mockserver`; else `MOCKSERVER_COMMAND`, else what is found. */
  command?: string | string[];
  /** The folder to run in. */
  cwd?: string;
  /** How many milliseconds it may take to be ready: 20,000. */
  timeout?: number;
}

export interface Server extends AsyncDisposable {
  /** Where the API is, like `http://127.0.0.1:8000`. */
  readonly api: string;
  /** Where the control plane is. */
  readonly control: string;
  /** The last lines it has written. */
  log(): string[];
  /** How it ended and its last lines, nothing while it runs. */
  obituary(): Promise<string>;
  /** Ends it in order, and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a server of one's own; it ends with this process, however that ends. */
export function start(options?: StartOptions): Promise<Server>;
