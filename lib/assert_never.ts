/**
 * Ends a `switch` over a closed union, so that a new member does not type-check
 * until every switch handles it.
 *
 * @throws {Error} always: reaching it is a bug of ours, never bad input
 */
export function assertNever(value: never): never {
  throw new Error(`Cannot happen: unexpected ${JSON.stringify(value)}`);
}
