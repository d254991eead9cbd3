/**
 * Stands in for `mnemonist/lru-cache` in the bundles: the SDK uses a few methods of it, and only when DynamoDB's endpoint discovery
 * is switched on. When full it forgets the oldest entry instead of the least recently used one.
 */
export default class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #capacity: number;

  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  override set(key: Key, value: Value): this {
    const [oldest] = this.keys();
    if (oldest !== undefined && this.size >= this.#capacity && !this.has(key)) this.delete(oldest);
    return super.set(key, value);
  }

  peek(key: Key): Value | undefined {
    return this.get(key);
  }
}
