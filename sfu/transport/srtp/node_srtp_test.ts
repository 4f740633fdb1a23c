import { createNodeSrtpProvider } from "./node_srtp.ts";
import { testSrtpProvider } from "./srtp_contract.ts";

testSrtpProvider("node:crypto", createNodeSrtpProvider());
