import { redirect } from '@sveltejs/kit';
import type { PageLoad } from './$types';

/** A project opens on its board. */
export const load: PageLoad = ({ params }) => redirect(307, `/projects/${params.id}/board`);
