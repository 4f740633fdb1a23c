/** A message to the server; fields that are `undefined` do not travel. */
export interface ClientMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}
