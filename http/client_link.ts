/** A client's own TCP connection, to whoever answers what comes over it. */
export interface ClientLink {
  /** Whether it has asked for a WebSocket, so that its frames are bounded. */
  readonly isWebSocket: boolean;

  /**
   * Called once, if a WebSocket message becomes longer than it may be. Nothing
   * that the client sends is read any more then; it is up to the callee to say
   * so to the client.
   */
  onTooLong: (() => void) | undefined;

  /** Cuts the connection, whatever is still to be sent. Idempotent. */
  cut(): void;
}
