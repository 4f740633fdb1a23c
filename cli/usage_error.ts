/** The command line is wrong; the text says what is and what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
