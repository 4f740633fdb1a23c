/**
 * A machine that has other things to do: each so often, it does nothing else
 * for a while, and what has arrived meanwhile is taken at the end of that.
 *
 * @param everyMs on average, from the end of one such while to the next
 * @param forMs at most; they are as often shorter as longer than half of that
 * @returns when what arrives at a time is taken; times must not go back far
 */
export function busyMachine(
  everyMs: number,
  forMs: number,
  random: () => number,
): (arrivalMs: number) => number {
  let from = everyMs * 2 * random();
  let until = from + forMs * random();
  return (arrivalMs) => {
    while (until <= arrivalMs) {
      from = until + everyMs * 2 * random();
      until = from + forMs * random();
    }
    return arrivalMs < from ? arrivalMs : until;
  };
}
