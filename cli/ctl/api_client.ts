import http from "node:http";
import https from "node:https";

/** How to reach a server's administrative interface, and as whom. */
export interface ApiOptions {
  /** `https://HOST:PORT`, with a path if the server is below one. */
  readonly server: string;
  /** Whether to believe any certificate. */
  readonly insecure: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Preferred to the other two. */
  readonly token?: string;
}

/** What goes with a request. */
export interface ApiRequest {
  readonly json?: unknown;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

/** What the server answered, if all is well. */
export interface ApiAnswer {
  readonly json: unknown;
  readonly etag: string | undefined;
  readonly location: string | undefined;
}

/** Talks to a server's administrative interface. */
export interface ApiClient {
  /**
   * Sends a request.
   *
   * @param path below `.groups/`, encoded
   * @throws {ApiError} if the server cannot be reached, or says no
   */
  call(
    method: "GET" | "PUT" | "POST" | "DELETE",
    path: string,
    request?: ApiRequest,
  ): Promise<ApiAnswer>;
}

/** The server could not be reached, or said no; the text says which. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  /** Makes it; without a status, there was no answer. */
  constructor(message: string, readonly status?: number) {
    super(message);
  }
}

/** How long to wait for a server that says nothing, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** Makes a client; nothing is sent yet. */
export function createApiClient(options: ApiOptions): ApiClient {
  const base = options.server.replace(/\/+$/, "");
  return {
    async call(method, path, request = {}) {
      const url = `${base}/galene-api/v0/.groups/${path}`;
      const headers = toHeaders(options, request);
      const body = request.json === undefined
        ? undefined
        : JSON.stringify(request.json);
      const answer = await send(url, method, headers, body, options.insecure)
        .catch((error: Error) => {
          throw new ApiError(explain(error, base));
        });
      if (answer.status < 200 || answer.status > 299) throw toError(answer);
      return {
        json: answer.text === "" || !answer.isJson
          ? undefined
          : JSON.parse(answer.text),
        etag: answer.etag,
        location: answer.location,
      };
    },
  };
}

interface RawAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly text: string;
  readonly isJson: boolean;
  readonly etag: string | undefined;
  readonly location: string | undefined;
}

/** By `node:https`, as `fetch` cannot be told to believe any certificate. */
async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
  insecure: boolean,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const options = { method, headers, timeout: TIMEOUT_MS, agent: false };
  const request = url.startsWith("https:")
    ? https.request(url, { ...options, rejectUnauthorized: !insecure })
    : http.request(url, options);
  request.on("timeout", () => request.destroy(new Error("it does not answer")));
  request.on("error", reject);
  request.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk) => text += chunk);
    response.on("error", reject);
    response.on("end", () => {
      const { etag, location, "content-type": type = "" } = response.headers;
      resolve({
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? "",
        text,
        isJson: type.startsWith("application/json"),
        etag,
        location,
      });
    });
  });
  request.end(body);
  return await promise;
}

function toHeaders(
  { token, username, password }: ApiOptions,
  { json, ifMatch, ifNoneMatch }: ApiRequest,
): Record<string, string> {
  const basic = new TextEncoder().encode(`${username ?? ""}:${password ?? ""}`);
  return {
    ...(token === undefined
      ? username === undefined
        ? {}
        : { "Authorization": `Basic ${basic.toBase64()}` }
      : { "Authorization": `Bearer ${token}` }),
    ...(json === undefined ? {} : { "Content-Type": "application/json" }),
    ...(ifMatch === undefined ? {} : { "If-Match": ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { "If-None-Match": ifNoneMatch }),
  };
}

/** Galène's words, with what the server itself says, if that says more. */
function toError({ status, statusText, text, isJson }: RawAnswer): ApiError {
  const detail = isJson || text.startsWith("<") ? "" : text.trim();
  const says = ADVICE[status] ?? detail;
  const isNew = says !== "" && says.toLowerCase() !== statusText.toLowerCase();
  return new ApiError(
    `HTTP error: ${status} ${statusText}${isNew ? ` (${says})` : ""}`,
    status,
  );
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "give the name and password of an administrator, or a token",
  412: "it exists already, or somebody else has changed it",
};

function explain(error: Error, server: string): string {
  const text = error.message;
  return /certificate|self.signed/i.test(text)
    ? `Cannot trust ${server}: ${text}. If it is your server, use -insecure`
    : `Cannot reach ${server}: ${text}`;
}
