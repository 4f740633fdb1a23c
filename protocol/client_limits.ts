/** What the router lets one client have of flows. */
export interface ClientLimits {
  /**
   * Flows that one client may publish at a time, those included that it has
   * replaced and that some viewer still gets. People need three: camera,
   * screen, a file.
   */
  readonly flowsPerClient: number;
  /**
   * Media sections of one flow's offer, those included that are no longer used
   * and that SDP keeps (RFC 9429 §5.2.2). A camera needs two; more than 64 are
   * never read.
   */
  readonly tracksPerFlow: number;
  /**
   * Offers that wait for one client's answer. Further flows are held back until
   * it answers. Higher keeps more half-open peers for a client that answers
   * nothing; lower makes the pictures of a large group come more slowly.
   */
  readonly unansweredOffers: number;
}

/** What holds where nobody has said otherwise. */
export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  flowsPerClient: 16,
  tracksPerFlow: 32,
  unansweredOffers: 256,
};
