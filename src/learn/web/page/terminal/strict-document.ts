/**
 * The document for a terminal under a strict Content Security Policy: its `style` elements get the page's nonce, and a `style` attribute is set through the
 * object model, which the policy allows.
 */
export function strictDocument(own: Document, nonce: string): Document {
  const createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = own.createElement(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    else element.setAttribute = (key, value) => setAttribute(element, key, value);
    return element;
  };
  return new Proxy(own, {
    get: (target, key) => {
      if (key === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function setAttribute(element: HTMLElement, key: string, value: string): void {
  if (key === 'style') element.style.cssText = value;
  else Element.prototype.setAttribute.call(element, key, value);
}

/** The nonce that the server put in the page. */
export const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
