import { render } from 'preact';
import type { PageContent } from '../protocol.ts';

const title: PageContent['title']['en'] = 'labwright';
const root = document.getElementById('page');
if (root) render(<h1>{title}</h1>, root);
