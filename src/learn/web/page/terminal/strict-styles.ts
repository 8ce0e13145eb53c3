/**
 * Makes elements that are created from now on obey a strict Content Security Policy: a `style` element gets the page's nonce, and a `style` attribute of a
 * `span` is set through the object model, which the policy allows. xterm writes both, and takes the document of the page for it even where it is given another.
 */
export function allowTerminalStyles(page: Document): void {
  const nonce = page.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
  const create = page.createElement.bind(page);
  page.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    else if (element instanceof HTMLSpanElement) element.setAttribute = (key, value) => setAttribute(element, key, value);
    return element;
  };
}

function setAttribute(element: HTMLElement, key: string, value: string): void {
  if (key === 'style') element.style.cssText = value;
  else Element.prototype.setAttribute.call(element, key, value);
}
