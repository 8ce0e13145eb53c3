import type { UnsupportedFeature } from '../../src/lab/stack.ts';

/** Directives and parameters of nginx, by the version of the official image that first has them (nginx.org/en/CHANGES). */
const since: Readonly<Record<string, string>> = {
  ...{ proxy_pass_trailers: '1.27.2', resolve: '1.27.3', resolver: '1.27.3', resolver_timeout: '1.27.3' },
  ...{ keepalive_min_timeout: '1.27.4', ssl_certificate_cache: '1.27.4', proxy_ssl_certificate_cache: '1.27.4' },
  ...{ ssl_object_cache_inheritable: '1.27.4', early_hints: '1.29.0' },
  ...{ add_header_inherit: '1.29.3', add_trailer_inherit: '1.29.3' },
};

/** Those of modules that every official image has, and the stand-in does not. */
const ofModules = new Set([
  ...['geoip_country', 'geoip_city', 'geoip_org', 'image_filter', 'perl_modules', 'perl_require'],
  ...['js_import', 'js_path', 'js_set', 'js_var', 'xslt_stylesheet', 'xml_entities'],
]);

/** What a line of nginx's error log shows that it does not support; undefined: nothing that another image of it would. */
export function unsupportedIn(line: string): UnsupportedFeature | undefined {
  const [, name = ''] =
    /\[emerg\] .*(?:unknown directive|invalid parameter) "([\w]+)/.exec(line) ??
    /\[emerg\] .*"(\w+)" directive is not allowed here/.exec(line) ??
    /\[emerg\] .*dlopen\(\) "([^"]+)" failed/.exec(line) ??
    [];
  if (name.includes('/')) return { name };
  const version = Object.hasOwn(since, name) ? since[name] : undefined;
  if (version !== undefined) return { name, since: version };
  return ofModules.has(name) ? { name, standInOnly: true } : undefined;
}
