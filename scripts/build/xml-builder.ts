/**
 * Stands in for `xmlbuilder` in the bundles, of which Twilio's TwiML builder uses four methods: 59 kB less to load, and a
 * document is written in a tenth of the time. A test compares it with the real one, text for text.
 */
type Attributes = Readonly<Record<string, unknown>> | undefined;

class XmlNode {
  readonly #name: string;
  readonly #attributes: Attributes;
  readonly #children: (XmlNode | string)[] = [];
  readonly #root: XmlNode;
  #declaration = "";

  constructor(name: string, attributes: Attributes, root: XmlNode | undefined) {
    if (!namePattern.test(name)) throw new Error("Invalid character in name");
    this.#name = name;
    this.#attributes = attributes;
    this.#root = root ?? this;
  }

  dec(version: string, encoding: string): this {
    this.#declaration = `<?xml version="${version}" encoding="${encoding}"?>`;
    return this;
  }

  ele(name: string, attributes?: Attributes): XmlNode {
    const child = new XmlNode(name, attributes, this.#root);
    this.#children.push(child);
    return child;
  }

  txt(content: unknown): this {
    const text = String(content);
    const wrong = illegal.exec(text);
    if (wrong !== null) throw new Error(`Invalid character in string at index ${wrong.index}`);
    this.#children.push(text.replace(/[&<>\r]/g, escaped));
    return this;
  }

  /** The whole document, from whichever node it is asked. */
  end(): string {
    return `${this.#root.#declaration}${this.#root.#write()}`;
  }

  #write(): string {
    let attributes = "";
    for (const name in this.#attributes) {
      if (!namePattern.test(name)) throw new Error("Invalid character in name");
      const value = this.#attributes[name];
      const text = Array.isArray(value) ? value.join(" ") : String(value);
      attributes += ` ${name}="${text.replace(/[&<"\t\n\r]/g, escaped)}"`;
    }
    // a node with nothing but empty text closes itself, as the real one writes it
    let inner = "";
    for (const child of this.#children) inner += typeof child === "string" ? child : child.#write();
    return inner === "" ? `<${this.#name}${attributes}/>` : `<${this.#name}${attributes}>${inner}</${this.#name}>`;
  }
}

const namePattern = /^[A-Za-z_:][A-Za-z0-9_:.-]*$/;
const illegal =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
  /[\0-\x08\x0B\f\x0E-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};
const escaped = (character: string): string => entities[character] ?? character;

export default { create: (name: string): XmlNode => new XmlNode(name, undefined, undefined) };
