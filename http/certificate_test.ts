import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import assert from "node:assert/strict";

import { SILENT_LOG } from "../lib/log.ts";
import { openTestDirectory } from "../tests/support/test_directory.ts";
import { createTestLog } from "../tests/support/test_log.ts";
import {
  CertificateError,
  makeCertificate,
  openCertificate,
} from "./certificate.ts";

const NOW = new Date();
const NAMES = [
  "localhost",
  "127.0.0.1",
  "::1",
  "meet.example",
  "not a name",
  "localhost",
];
const DAY_MS = 86_400_000;

Deno.test("openCertificate() makes a pair for all names and keeps it to its user", async () => {
  await using directory = await openTestDirectory();
  const data = `${directory.path}/data`;
  const options = { directory: data, names: NAMES, now: NOW, log: SILENT_LOG };

  const made = await openCertificate(options);
  const again = await openCertificate({ ...options, names: ["other.example"] });

  assert.deepEqual(again, made, "a restart keeps the certificate");
  for (const file of ["cert.pem", "key.pem"]) {
    const { mode } = await Deno.stat(`${data}/${file}`);
    assert.equal((mode ?? 0) & 0o777, 0o600, file);
  }
  const certificate = new x509.X509Certificate(made.cert);
  const names = certificate
    .getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON();
  assert.deepEqual(names?.map(({ type, value }) => `${type} ${value}`), [
    "dns localhost",
    "ip 127.0.0.1",
    "ip ::1",
    "dns meet.example",
  ]);
  assert.equal(await certificate.isSelfSigned(), true);
  const lifetime = certificate.notAfter.getTime() - NOW.getTime();
  assert.ok(lifetime > 396 * DAY_MS && lifetime < 398 * DAY_MS);
});

Deno.test("openCertificate() renews its own certificate before it expires", async () => {
  await using directory = await openTestDirectory();
  const log = createTestLog();
  const options = { directory: directory.path, names: NAMES, log };
  const at = (days: number) =>
    openCertificate({
      ...options,
      now: new Date(NOW.getTime() + days * DAY_MS),
    });

  const first = await at(0);
  assert.deepEqual(await at(366), first);
  const second = await at(368);
  assert.notDeepEqual(second, first);
  assert.deepEqual(await at(369), second);
  assert.deepEqual(log.lines.map(({ text }) => text), ["Certificate renewed"]);
});

Deno.test("openCertificate() uses somebody else's pair as it is, even an expired one", async () => {
  await using directory = await openTestDirectory();
  const keys = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  );
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=meet.example",
    notBefore: new Date(NOW.getTime() - 20 * DAY_MS),
    notAfter: new Date(NOW.getTime() - 10 * DAY_MS),
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
  });
  const cert = certificate.toString("pem");
  const key = x509.PemConverter.encode(
    await crypto.subtle.exportKey("pkcs8", keys.privateKey),
    "PRIVATE KEY",
  );
  await Deno.writeTextFile(`${directory.path}/cert.pem`, cert);
  await Deno.writeTextFile(`${directory.path}/key.pem`, key);
  const log = createTestLog();

  const pair = await openCertificate({
    directory: directory.path,
    names: NAMES,
    now: NOW,
    log,
  });

  assert.deepEqual(pair, { cert, key });
  assert.deepEqual(log.lines.map(({ text }) => text), [
    "Certificate has expired",
  ]);
});

Deno.test("openCertificate() says what is wrong with the files", async () => {
  await using directory = await openTestDirectory();
  const open = () =>
    openCertificate({
      directory: directory.path,
      names: NAMES,
      now: NOW,
      log: SILENT_LOG,
    });
  const { key } = await makeCertificate(NAMES, NOW);
  await Deno.writeTextFile(`${directory.path}/key.pem`, key);

  await assert.rejects(
    open,
    (error) =>
      error instanceof CertificateError &&
      /key\.pem: .*cert\.pem is missing/.test(error.message),
  );
  await Deno.writeTextFile(`${directory.path}/cert.pem`, "not a certificate");
  await assert.rejects(
    open,
    (error) =>
      error instanceof CertificateError &&
      /cert\.pem: it is not a certificate/.test(error.message),
  );
});
