/**
 * The composition root: reads the command line, makes the parts, joins them,
 * serves, and stops in order. Nothing imports it.
 *
 * @module
 */
import { resolve } from "node:path";
import process from "node:process";

import { type App, createApp } from "./app.ts";
import { FAILURE_DELAY_MS } from "./auth/authenticator.ts";
import { FileFormatError } from "./auth/file_format_error.ts";
import { makeFirstGroup } from "./auth/first_start.ts";
import { toGroupDescription } from "./auth/group_description.ts";
import { createGroupFiles } from "./auth/group_files.ts";
import { createGroupStore } from "./auth/group_store.ts";
import { GroupWatch } from "./auth/group_watch.ts";
import { IceConfiguration, watchIce } from "./auth/ice_configuration.ts";
import { LoginPauses, withLoginPauses } from "./auth/login_pause.ts";
import { openFiles } from "./auth/open_files.ts";
import { createTokenKeeper, removeOldTokens } from "./auth/token_keeper.ts";
import { createTokenStore } from "./auth/tokens.ts";
import { machineNames, toUrlHost } from "./cli/machine_names.ts";
import {
  parseServeOptions,
  SERVE_HELP,
  type ServeOptions,
} from "./cli/serve_options.ts";
import { UsageError } from "./cli/usage_error.ts";
import { toStartText } from "./cli/start_text.ts";
import { createSystemClock } from "./clock.ts";
import { type AdminApi, createAdminApi } from "./http/api/admin_api.ts";
import { createAuthorisation } from "./http/api/authorisation.ts";
import { CertificateError, openCertificate } from "./http/certificate.ts";
import { CertificateWatch } from "./http/certificate_watch.ts";
import { createGroupsPort } from "./http/groups.ts";
import { type Presence, watchPresence } from "./http/presence.ts";
import { createRecordingsPages } from "./http/recordings/recordings.ts";
import { Refusals } from "./http/refusals.ts";
import { createRoutes } from "./http/routes.ts";
import { ListenError, removeStaleSocket } from "./http/listeners.ts";
import { openServers, type Servers } from "./http/server.ts";
import { createWebSocketEndpoint } from "./http/websocket.ts";
import { createProgramApi } from "./http/whip/program_api.ts";
import type { Log } from "./lib/log.ts";
import { createLog } from "./log.ts";
import type { Clock } from "./lib/time.ts";
import type { GroupName } from "./protocol/ids.ts";
import { LibraryError } from "./sfu/transport/native/libraries.ts";
import { Recorder } from "./recording/recorder.ts";
import { openServerMedia } from "./server_media.ts";
import { Router } from "./signalling/router.ts";

/**
 * How long clients have to hear that the server stops, in milliseconds. Galène
 * gives them 2 s in all; what is left is for the process itself to end.
 */
const STOP_GRACE_MS = 1_500;

/** A server that runs, until it is closed. */
interface RunningServer {
  readonly servers: Servers;
  /** One for each media worker. */
  readonly mediaPorts: readonly number[];
  close(): Promise<void>;
}

async function openServer(
  options: ServeOptions,
  log: Log,
): Promise<RunningServer> {
  const { dataDirectory, recordingsDirectory, staticDirectory } = options;
  const clock = createSystemClock();
  const files = await openFiles(options, clock, log);
  const certificate = options.https && await openCertificate({
    directory: dataDirectory,
    names: [
      "localhost",
      "127.0.0.1",
      "::1",
      ...machineNames(options.publicAddresses),
    ],
    now: new Date(),
    log,
  });
  const { relayOnly } = options;
  const ice = await IceConfiguration.open({
    dataDirectory,
    relayOnly,
    clock,
    log,
  });
  const media = await openServerMedia(options, clock, log);
  const refusals = new Refusals();
  const limits = async () => (await files.config()).limits;
  const pauses = new LoginPauses({
    limits,
    clock,
    log,
    refused: () => refusals.count("failedLogins"),
  });
  const authenticator = withLoginPauses(files.authenticator, pauses);
  const app = createApp({
    router: new Router({
      rtcConfiguration: ice.current,
      randomId: () => randomId(8),
      randomRecorder: () => crypto.getRandomValues(new Uint8Array(16)).toHex(),
    }),
    authenticator,
    tokens: createTokenKeeper({ ...files, clock }),
    openMedia: (onEvent) => media.attach(onEvent),
    openRecorder: (command, onEvent) =>
      new Recorder({
        module: new URL("./recording_worker.ts", import.meta.url),
        directory: resolve(recordingsDirectory),
        command,
        onEvent,
        log,
      }),
    clock,
    log,
  });
  const presence = watchPresence(app);
  const administration = openAdministration(
    { files, app, presence, clock, log, refusals, pauses },
    options,
  );
  try {
    const websocket = createWebSocketEndpoint({
      signalling: presence.port,
      clock,
      log,
      allowOrigin: async () => (await files.config()).allowOrigin,
      limits,
      count: (limit) => refusals.count(limit),
    });
    if (options.http !== undefined && "path" in options.http) {
      await removeStaleSocket(options.http);
    }
    const groups = createGroupsPort(
      files.groups,
      (name) => app.occupancyOf(name),
    );
    const servers = openServers({
      fetch: createRoutes({
        staticDirectory,
        groups,
        websocket,
        programs: createProgramApi({
          signalling: presence.port,
          groups,
          config: files.config,
          rtcConfiguration: () => ice.current,
          count: (limit) => refusals.count(limit),
          randomId,
          flowsIn: (group) => app.flowsIn(group),
        }),
        adminApi: administration.api,
        recordings: createRecordingsPages({
          directory: resolve(recordingsDirectory),
          authenticator,
          delay: pauseAfterFailure,
          now: () => new Date(clock.now().wall),
        }),
        config: files.config,
        log,
      }),
      http: options.http,
      https: options.https && certificate &&
        { address: options.https, certificate },
      limits,
      count: (refusal) => refusals.count(refusal),
      log,
    });
    const iceWatch = watchIce(ice, (changed) => app.iceChanged(changed));
    const certificates = options.https &&
      await watchCertificate(dataDirectory, servers, log);
    return {
      servers,
      mediaPorts: media.ports,
      async close() {
        certificates?.close();
        iceWatch.close();
        administration.close();
        await app.close("server is shutting down");
        await servers.close(STOP_GRACE_MS);
      },
    };
  } catch (error) {
    administration.close();
    await app.close("");
    throw error;
  }
}

/**
 * How often the files of the certificate are looked at, in milliseconds. Lower
 * costs system calls; higher shows an old one for longer.
 */
const CERTIFICATE_INTERVAL_MS = 1_000;

/** Has a new certificate used as soon as it is on disk (D-2). */
async function watchCertificate(
  directory: string,
  servers: Servers,
  log: Log,
): Promise<{ close(): void }> {
  const watch = await CertificateWatch.open({
    directory,
    use: (pair) => servers.useCertificate(pair),
    log,
  });
  const timer = setInterval(() => void watch.poll(), CERTIFICATE_INTERVAL_MS);
  return { close: () => clearInterval(timer) };
}

/**
 * How often the files of running groups are looked at, in milliseconds. Lower
 * costs system calls; higher makes those who are in a group wait for what
 * somebody has changed with an editor. Who joins always meets the current file.
 */
const WATCH_INTERVAL_MS = 5_000;

/** How often tokens that ended long ago are removed, in milliseconds (E-34). */
const OLD_TOKENS_INTERVAL_MS = 900_000;

interface AdministrationParts {
  readonly files: Awaited<ReturnType<typeof openFiles>>;
  readonly app: App;
  readonly presence: Presence;
  readonly refusals: Refusals;
  readonly pauses: LoginPauses;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lets people administer the server over the network and with an editor. */
function openAdministration(
  { files, app, presence, clock, log, refusals, pauses }: AdministrationParts,
  { groupsDirectory }: ServeOptions,
): { readonly api: AdminApi; close(): void } {
  const { config, groups, tokens, hasher, authenticator } = files;
  const watch = new GroupWatch({
    files: groups,
    running: () => presence.groups().map(({ name }) => name),
    async changed(name, group) {
      const settings = await config();
      app.groupChanged(toGroupDescription(name as GroupName, group, settings));
    },
  });
  const look = (written?: string) => void watch.poll(written);
  const timer = setInterval(look, WATCH_INTERVAL_MS);
  const now = () => new Date(clock.now().wall);
  const api = createAdminApi({
    config,
    tokens,
    hasher,
    now,
    store: createGroupStore({
      directory: groupsDirectory,
      log,
      changed: look,
    }),
    authorisation: createAuthorisation({
      config,
      authenticator,
      groups,
      tokens,
      hasher,
      now,
      delay: pauseAfterFailure,
    }),
    listGroups: () => groups.list(),
    hasGroup: async (name) => (await groups.find(name)).kind === "found",
    stats: () => app.statistics(),
    pauses,
    limits: async () => ({
      limits: (await config()).limits,
      refused: { ...refusals.snapshot, ...app.refused },
    }),
  });
  const removeOld = () =>
    void removeOldTokens(tokens, clock.now().wall).catch((error) =>
      log.error("Cannot remove old tokens", { error: String(error) })
    );
  removeOld();
  const tokenTimer = setInterval(removeOld, OLD_TOKENS_INTERVAL_MS);
  return {
    api,
    close() {
      clearInterval(timer);
      clearInterval(tokenTimer);
    },
  };
}

/** So that passwords cannot be tried one after the other. */
function pauseAfterFailure(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, FAILURE_DELAY_MS));
}

/** So many random bytes: 8 for a chat message's id. */
function randomId(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return random.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Tells people where the server is, and programs that it is ready. */
async function announce(
  { servers, mediaPorts }: RunningServer,
  options: ServeOptions,
  log: Log,
): Promise<void> {
  const { dataDirectory, groupsDirectory } = options;
  const first = await makeFirstGroup({
    groupsDirectory,
    groups: createGroupFiles(groupsDirectory, log),
    tokens: createTokenStore(dataDirectory, log),
    now: new Date(),
  });
  const [name = "localhost"] = machineNames(options.publicAddresses);
  const places = {
    local: servers.http && `http://localhost:${servers.http.port}`,
    remote: servers.https && `https://${toUrlHost(name)}:${servers.https.port}`,
  };
  console.log(toStartText(places, first));
  const { http } = options;
  const ready = {
    socket: http !== undefined && "path" in http ? http.path : null,
    http: servers.http ? `http://127.0.0.1:${servers.http.port}` : null,
    https: servers.https ? `https://127.0.0.1:${servers.https.port}` : null,
    media: mediaPorts,
  };
  console.log(`ready ${JSON.stringify(ready)}`);
}

/** Serves until a signal comes; the exit code is 0, or 1 if it cannot serve. */
async function main(): Promise<number> {
  const options = parseServeOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(SERVE_HELP);
    return 0;
  }
  const log = createLog(options.logLevel);
  // A bug of ours is a matter for the log; the calls go on.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("Unexpected failure", { error: describe(event.reason) });
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error("Unexpected failure", { error: describe(event.error) });
  });
  const server = await openServer(options, log);
  const stopped = nextSignal();
  await announce(server, options, log);
  log.info("Stopping", { signal: await stopped });
  await server.close();
  return 0;
}

/** Waits for a signal to stop; further ones change nothing. */
function nextSignal(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/** What went wrong and what to do, without a stack, where that is known. */
function explain(error: unknown): string | undefined {
  if (
    error instanceof UsageError || error instanceof ListenError ||
    error instanceof CertificateError || error instanceof FileFormatError ||
    error instanceof LibraryError
  ) return error.message;
  return undefined;
}

try {
  Deno.exit(await main());
} catch (error) {
  console.error(explain(error) ?? describe(error));
  Deno.exit(1);
}
