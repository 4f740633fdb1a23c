import type { Environment } from "../client/environment.ts";

/** What came of a test of the relay. */
export type RelayOutcome =
  | { readonly kind: "works"; readonly rttMs: number }
  /** There is no TURN server to test. */
  | { readonly kind: "no-relay" }
  | { readonly kind: "fails" };

/** How long it may take, in milliseconds; Galène's page waits as long. */
const PATIENCE_MS = 5_000;

/**
 * Sends a word through the TURN server and back: two peers of this page connect
 * to each other by nothing else, and one says over a data channel what the
 * other repeats.
 */
export async function probeRelay(
  configuration: RTCConfiguration,
  environment: Environment,
): Promise<RelayOutcome> {
  const servers = configuration.iceServers ?? [];
  const hasRelay = servers.flatMap(({ urls }) => urls)
    .some((url) => /^turns?:/i.test(url));
  if (!hasRelay) return { kind: "no-relay" };
  const peers = [1, 2].map(() =>
    environment.createPeer({ ...configuration, iceTransportPolicy: "relay" })
  );
  const [caller, callee] = peers as [RTCPeerConnection, RTCPeerConnection];
  let timer;
  const late = new Promise<RelayOutcome>((resolve) => {
    timer = environment.setTimer(
      () => resolve({ kind: "fails" }),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([late, ask(caller, callee, environment)]);
  } catch {
    return { kind: "fails" };
  } finally {
    if (timer !== undefined) environment.clearTimer(timer);
    for (const peer of peers) peer.close();
  }
}

async function ask(
  caller: RTCPeerConnection,
  callee: RTCPeerConnection,
  environment: Environment,
): Promise<RelayOutcome> {
  passCandidates(caller, callee);
  passCandidates(callee, caller);
  callee.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data);
  };
  const channel = caller.createDataChannel("relay-test");
  const answered = new Promise<RelayOutcome>((resolve) => {
    let sentMs = 0;
    channel.onopen = () => {
      sentMs = environment.nowMs();
      channel.send("ping");
    };
    channel.onmessage = () =>
      resolve({ kind: "works", rttMs: environment.nowMs() - sentMs });
  });
  const offer = await caller.createOffer();
  await caller.setLocalDescription(offer);
  await callee.setRemoteDescription(offer);
  const answer = await callee.createAnswer();
  await callee.setLocalDescription(answer);
  await caller.setRemoteDescription(answer);
  return await answered;
}

/** What comes before there is a description waits for it. */
function passCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const waiting: RTCIceCandidate[] = [];
  const pass = () => {
    if (to.remoteDescription === null) return;
    for (const candidate of waiting.splice(0)) {
      // One that is no use is one way less, and no reason to give up.
      void to.addIceCandidate(candidate).catch(() => {});
    }
  };
  to.onsignalingstatechange = pass;
  from.onicecandidate = ({ candidate }) => {
    if (candidate !== null) waiting.push(candidate);
    pass();
  };
}
