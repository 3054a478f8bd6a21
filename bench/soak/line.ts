/** A straight line through points, by least squares. */
export interface Line {
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
}

export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Line {
  const n = points.length;
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const squares = n * mean(([x]) => (x - meanX) ** 2);
  const slope = (n * mean(([x, y]) => (x - meanX) * (y - meanY))) / squares;
  const rest = n * mean(([x, y]) => (y - meanY - slope * (x - meanX)) ** 2);
  return { slope, error: Math.sqrt(rest / (n - 2) / squares) };
}
