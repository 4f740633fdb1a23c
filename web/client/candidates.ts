/**
 * ICE candidates of one peer, both ways.
 *
 * Candidates and descriptions overtake one another: the server's may come
 * before its answer, and ours may be gathered before our description is sent.
 * Each waits here until the other side can make use of it.
 */
export class Candidates {
  #remote: RTCIceCandidateInit[] = [];
  #local: RTCIceCandidateInit[] = [];
  #remoteReady = false;
  #localReady = false;
  readonly #pc: Pick<RTCPeerConnection, "addIceCandidate">;
  readonly #send: (candidate: RTCIceCandidateInit) => void;

  /**
   * @param pc takes the server's candidates
   * @param send sends one of ours
   */
  constructor(
    pc: Pick<RTCPeerConnection, "addIceCandidate">,
    send: (candidate: RTCIceCandidateInit) => void,
  ) {
    this.#pc = pc;
    this.#send = send;
  }

  /** A candidate of the server's. */
  handleRemote(candidate: RTCIceCandidateInit): void {
    if (this.#remoteReady) this.#add(candidate);
    else this.#remote.push(candidate);
  }

  /** A candidate of ours; the end of gathering, `null` or empty, is not told. */
  handleLocal(candidate: RTCIceCandidate | null): void {
    if (candidate === null || candidate.candidate === "") return;
    const plain = candidate.toJSON();
    if (this.#localReady) this.#send(plain);
    else this.#local.push(plain);
  }

  /**
   * A description of the server's is on its way: its candidates belong to it,
   * and wait for it.
   */
  awaitRemote(): void {
    this.#remoteReady = false;
  }

  /** The server's latest description is set. */
  remoteReady(): void {
    this.#remoteReady = true;
    for (const candidate of this.#remote.splice(0)) this.#add(candidate);
  }

  /** Our description is sent. */
  localReady(): void {
    this.#localReady = true;
    for (const candidate of this.#local.splice(0)) this.#send(candidate);
  }

  #add(candidate: RTCIceCandidateInit): void {
    // One that does not fit, say from before an ICE restart, is of no use, and
    // of no harm either: the others decide whether there is a connection.
    this.#pc.addIceCandidate(candidate).catch(() => {});
  }
}
