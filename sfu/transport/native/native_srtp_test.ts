import { testSrtpProvider } from "../srtp/srtp_contract.ts";
import { openLibc } from "./libc.ts";
import { openLibcrypto } from "./libcrypto.ts";
import { createNativeSrtpProvider } from "./native_srtp.ts";

const libc = openLibc();
const libcrypto = openLibcrypto();

testSrtpProvider("OpenSSL", createNativeSrtpProvider(libc, libcrypto));
