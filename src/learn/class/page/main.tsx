import { render } from 'preact';
import { listen } from './listen.ts';
import { WallPage } from './wall-page.tsx';

const root = document.getElementById('page');
if (root) listen((received) => render(<WallPage received={received} />, root));
