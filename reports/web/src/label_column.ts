// Labels in a column beside a chart: each as near to its line as the others let it, in the order of the lines.

/**
 * Where labels stand that want the heights `wanted` (in any order), at least `gap` apart and between `top` and `bottom`.
 * Where there is no room for all at that gap, they are set evenly, closer.
 */
export function spread(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, at) => at).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const room = order.length > 1 ? Math.min(gap, (bottom - top) / (order.length - 1)) : gap;
  // Blocks of labels that touch; a block stands where the mean of its labels' wishes is.
  const blocks: { count: number; sum: number }[] = [];
  const startOf = (block: { count: number; sum: number }): number => {
    const height = (block.count - 1) * room;
    return Math.min(Math.max(block.sum / block.count - height / 2, top), bottom - height);
  };
  for (const at of order) {
    let block = { count: 1, sum: wanted[at] ?? 0 };
    for (let last = blocks[blocks.length - 1]; last && startOf(last) + last.count * room > startOf(block); last = blocks[blocks.length - 1]) {
      blocks.pop();
      block = { count: last.count + block.count, sum: last.sum + block.sum };
    }
    blocks.push(block);
  }
  const placed = blocks.flatMap((block) => Array.from({ length: block.count }, (_, k) => startOf(block) + k * room));
  const heights = new Array<number>(wanted.length);
  order.forEach((at, k) => {
    heights[at] = placed[k] ?? top;
  });
  return heights;
}
