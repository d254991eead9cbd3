/**
 * A place where `count` parties wait for each other: the last one to come does `action`, then all go on. Whoever comes
 * later finds it over and passes.
 */
export function meeting(count: number, action: () => void | Promise<void> = () => {}): () => Promise<void> {
  let arrived = 0;
  let open: (done: void | Promise<void>) => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    arrived += 1;
    if (arrived === count) open(Promise.resolve().then(action));
    return opened;
  };
}
