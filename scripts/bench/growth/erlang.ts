/** Erlang's loss formula: how many are turned away where nobody waits. */

/**
 * The share of requests that find every place taken.
 *
 * @param offered requests a second × seconds of each
 */
export function lossShare(offered: number, places: number): number {
  let loss = 1;
  for (let place = 1; place <= places; place += 1) loss = (offered * loss) / (place + offered * loss);
  return loss;
}

/** The load at which no more than `share` is turned away; found by halving. */
export function offeredAt(share: number, places: number): number {
  let [low, high] = [0, 2 * places + 10];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (lossShare(middle, places) > share) high = middle;
    else low = middle;
  }
  return low;
}

/** The places that a load needs so that no more than `share` is turned away. */
export function placesFor(offered: number, share: number): number {
  let places = 0;
  let loss = 1;
  while (loss > share) {
    places += 1;
    loss = (offered * loss) / (places + offered * loss);
  }
  return places;
}
