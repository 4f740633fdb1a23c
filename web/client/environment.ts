/** What a {@linkcode ServerConnection} needs of a WebSocket. */
export interface Socket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

/** Names a timer of an {@linkcode Environment}; made by it, and only passed back. */
export type Timer = ReturnType<typeof setTimeout>;

/**
 * What the library takes from its surroundings: a browser's by default, fakes
 * in tests.
 */
export interface Environment {
  openSocket(url: string): Socket;
  createPeer(configuration: RTCConfiguration): RTCPeerConnection;
  createMediaStream(): MediaStream;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** The page's own address, for an authorisation server. */
  pageUrl(): string;
  /** Sixteen bytes that nobody can guess or repeat. */
  randomBytes(): Uint8Array;
  /** A monotonic clock, in milliseconds. */
  nowMs(): number;
  setTimer(run: () => void, afterMs: number): Timer;
  clearTimer(timer: Timer): void;
}

/** The surroundings of a page in a browser. */
export function browserEnvironment(): Environment {
  return {
    openSocket: (url) => new WebSocket(url),
    createPeer: (configuration) => new RTCPeerConnection(configuration),
    createMediaStream: () => new MediaStream(),
    fetch: (url, init) => fetch(url, init),
    pageUrl: () => location.href,
    randomBytes: () => crypto.getRandomValues(new Uint8Array(16)),
    nowMs: () => performance.now(),
    setTimer: (run, afterMs) => setTimeout(run, afterMs),
    clearTimer: (timer) => clearTimeout(timer),
  };
}

/** A new id of 128 random bits, 32 hexadecimal digits. */
export function newRandomId(environment: Environment): string {
  return Array.from(
    environment.randomBytes(),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
