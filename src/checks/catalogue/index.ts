import { availability } from './availability.ts';
import { containers } from './containers.ts';
import type { CatalogueEntry } from './entry.ts';
import { requests } from './requests.ts';
import { settings } from './settings.ts';

/** Every kind of check that a tutorial can name, in the order of the documentation. */
export const catalogue: readonly CatalogueEntry[] = [...containers, ...availability, ...requests, ...settings];
