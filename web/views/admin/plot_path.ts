/** The size of a plot, in the units of its picture. */
const WIDTH = 240;
const HEIGHT = 80;

/** What is left free above the highest value, or its line would be cut off. */
const HEADROOM = 1.05;

/** With fewer values than these, a plot is not filled. */
const LEAST_SAMPLES = 15;

/** A round number above all of the values: 1, 2 or 5 times a power of ten. */
export function plotTop(values: readonly number[]): number {
  const most = Math.max(1, ...values) * HEADROOM;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10);
}

/**
 * A line through the values, the newest at the right end.
 *
 * @param isArea closed along the bottom, to be filled
 */
export function plotPath(
  values: readonly number[],
  top: number,
  isArea: boolean,
): string {
  const step = WIDTH / (Math.max(values.length, LEAST_SAMPLES) - 1);
  const first = WIDTH - step * (values.length - 1);
  const points = values.map((value, at) => {
    const x = (first + at * step).toFixed(1);
    return `${x} ${(HEIGHT * (1 - value / top)).toFixed(1)}`;
  });
  if (points.length === 0) return "";
  const line = `M${points.join("L")}`;
  return isArea ? `${line}V${HEIGHT}H${first.toFixed(1)}Z` : line;
}
