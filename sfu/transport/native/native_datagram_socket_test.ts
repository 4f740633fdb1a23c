import { testDatagramSocket } from "../datagram_socket_contract.ts";
import { openLibc } from "./libc.ts";
import { openNativeDatagramSocket } from "./native_datagram_socket.ts";

const libc = openLibc();

testDatagramSocket(
  "openNativeDatagramSocket()",
  (options) => openNativeDatagramSocket(libc, options),
);
