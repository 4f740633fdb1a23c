/// <reference lib="dom" />
/**
 * A client that transfers files by what Galène's protocol says of it, without
 * a line of our library: so that the library is not only tested with itself.
 *
 * @module
 */

/** A file that has come; its SHA-256 in hexadecimal. */
export interface DescribedFile {
  readonly size: number;
  readonly hash: string;
}

declare global {
  var described: {
    /** The other clients' ids by their names. */
    readonly users: Record<string, string>;
    /** What has been received whole. */
    readonly received: DescribedFile[];
    /** What has been sent, and acknowledged. */
    readonly acknowledged: string[];
    send(dest: string, bytes: Uint8Array<ArrayBuffer>): void;
  };
}

/** Runs in a page: joins the group `maths`, and accepts all files. */
export function joinAsDescribed(username: string): void {
  const id = crypto.randomUUID();
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
  const say = (message: unknown) => socket.send(JSON.stringify(message));
  const tell = (dest: string, value: unknown) =>
    say({
      type: "usermessage",
      kind: "filetransfer",
      source: id,
      username,
      dest,
      value,
    });
  const peers: Record<string, RTCPeerConnection> = {};
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  const users: Record<string, string> = {};
  const received: DescribedFile[] = [];
  const acknowledged: string[] = [];
  globalThis.described = {
    users,
    received,
    acknowledged,
    send(dest, bytes) {
      const file = crypto.randomUUID();
      files[file] = bytes;
      tell(dest, {
        type: "invite",
        version: ["1"],
        id: file,
        name: "described",
        size: bytes.length,
        mimetype: "",
      });
    },
  };

  function openPeer(file: string, dest: string): RTCPeerConnection {
    const pc = new RTCPeerConnection();
    peers[file] = pc;
    pc.onicecandidate = ({ candidate }) =>
      // null at the end
      tell(dest, { type: "ice", id: file, candidate });
    return pc;
  }

  async function receive(file: string, from: string, size: number) {
    const pc = openPeer(file, from);
    const channel = pc.createDataChannel("file");
    channel.binaryType = "blob";
    const parts: Blob[] = [];
    channel.onmessage = async ({ data }) => {
      if (data.size > 16_384) throw new Error("a part is too large");
      parts.push(data);
      const whole = new Blob(parts);
      if (whole.size < size) return;
      channel.send("done");
      const bytes = await whole.arrayBuffer();
      const hash = await crypto.subtle.digest("SHA-256", bytes);
      received.push({
        size: whole.size,
        hash: Array.from(
          new Uint8Array(hash),
          (byte) => byte.toString(16).padStart(2, "0"),
        ).join(""),
      });
    };
    await pc.setLocalDescription(await pc.createOffer());
    const { sdp } = pc.localDescription!;
    tell(from, { type: "offer", version: [1], id: file, sdp });
  }

  async function answer(file: string, to: string, sdp: string) {
    const pc = openPeer(file, to);
    pc.ondatachannel = ({ channel }) => {
      const sendAll = () => {
        const bytes = files[file]!;
        for (let at = 0; at < bytes.length; at += 16_384) {
          channel.send(bytes.subarray(at, at + 16_384));
        }
      };
      if (channel.readyState === "open") sendAll();
      else channel.onopen = sendAll;
      channel.onmessage = ({ data }) => {
        acknowledged.push(data);
        pc.close();
      };
    };
    await pc.setRemoteDescription({ type: "offer", sdp });
    await pc.setLocalDescription(await pc.createAnswer());
    tell(to, { type: "answer", id: file, sdp: pc.localDescription!.sdp });
  }

  socket.onopen = () => {
    say({ type: "handshake", version: ["2"], id });
    say({
      type: "join",
      kind: "join",
      group: "maths",
      username,
      password: "",
    });
  };
  let turn = Promise.resolve();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "user") users[message.username] = message.id;
    if (message.type === "ping") say({ type: "pong" });
    if (message.kind !== "filetransfer") return;
    const { source, value } = message;
    turn = turn.then(async () => {
      const pc = peers[value.id];
      switch (value.type) {
        case "invite":
          return await receive(value.id, source, value.size);
        case "offer":
          return await answer(value.id, source, value.sdp);
        case "answer":
          return await pc?.setRemoteDescription(value);
        case "ice":
          return await pc?.addIceCandidate(value.candidate);
      }
    });
  };
}
