/** Every foreseen failure: its code is the contract, status and title are told here and nowhere else. */
export const problems = {
	'invalid-input': { status: 400, title: 'The request is not well-formed' },
	'not-a-script': { status: 422, title: 'This file is not a script' },
	'not-a-picture': { status: 422, title: 'This file is not a PNG, JPEG or WebP picture' },
	'not-a-take': { status: 422, title: 'This file is neither a picture nor a clip that can become a take' },
	'clip-unreadable': { status: 422, title: 'This clip cannot be read' },
	'take-too-large': { status: 413, title: 'This picture or clip is larger or longer than a take may be' },
	'sign-in-required': { status: 401, title: 'Sign in first' },
	'wrong-credentials': { status: 401, title: 'E-mail or password is wrong' },
	'token-invalid': { status: 401, title: 'The sign-in has ended' },
	'other-account': { status: 409, title: 'Another account is signed in now' },
	'not-allowed': { status: 403, title: 'Your role does not allow this' },
	'foreign-origin': { status: 403, title: 'Requests from another site are refused' },
	'not-found': { status: 404, title: 'There is nothing here' },
	'method-not-allowed': { status: 405, title: 'This address does not answer that method' },
	'email-taken': { status: 409, title: 'This e-mail already has an account' },
	'invitation-ended': { status: 410, title: 'This invitation has ended' },
	'share-ended': { status: 410, title: 'This share link has ended' },
	'task-already-finished': { status: 409, title: 'The task has already finished' },
	'task-not-finished': { status: 409, title: 'The task has not finished yet' },
	'nothing-to-break-down': { status: 409, title: 'The script has no words yet' },
	'nothing-to-generate': { status: 409, title: 'There is no shot to generate' },
	'nothing-to-render': { status: 409, title: 'There is no shot to render' },
	'reference-missing': { status: 409, title: 'There is no picture to make it from' },
	'script-not-empty': { status: 409, title: 'The project already has a script' },
	'idempotency-key-reused': { status: 422, title: 'This idempotency key was used for another request' },
	'note-id-used': { status: 409, title: 'Another note has this id' },
	'note-deleted': { status: 409, title: 'The note has been deleted' },
	'shot-approved': { status: 409, title: 'A shot of this request is approved; confirm that it may change' },
	'script-changed': { status: 409, title: 'The script has changed since this was proposed' },
	'too-large': { status: 413, title: 'This is too large' },
	'range-not-satisfiable': { status: 416, title: 'The range lies outside the file' },
	'no-provider': { status: 422, title: 'No provider of this install can make this' },
	'quota-exceeded': { status: 429, title: 'The plan has nothing left for today' },
	'reservation-lost': { status: 409, title: 'The reservation of this task had ended; ask for it again' },
	'too-many-requests': { status: 429, title: 'Too many requests; wait a little' },
	'provider-failed': { status: 502, title: 'The provider could not make it' },
	'provider-unavailable': { status: 503, title: 'The provider cannot be reached or is in trouble' },
	'provider-busy': { status: 429, title: 'The provider asks to wait' },
	'provider-refused': { status: 422, title: 'The provider does not take the request as it is' },
	'content-refused': { status: 422, title: 'The provider refuses the content' },
	'provider-out-of-credit': { status: 402, title: 'The account at the provider has no credit left' },
	'provider-outcome-unknown': { status: 502, title: 'Whether the provider made it is not known' },
	'credential-missing': { status: 422, title: 'There is no key for this provider' },
	'credential-refused': { status: 422, title: 'The provider does not accept the key' },
	'address-refused': { status: 422, title: 'This address may not be called' },
	'not-a-workflow': { status: 422, title: 'This file is not a workflow' },
	'changed-meanwhile': { status: 409, title: 'Somebody changed this meanwhile' },
	'too-many': { status: 409, title: 'There are as many as there may be' },
	'host-not-listed': { status: 422, title: 'This host is not on the list of those that may be added' },
	'worker-lost': { status: 500, title: 'The worker that had it is gone' },
	'workflow-refused': { status: 422, title: 'The workflow cannot run as it is' },
	'render-failed': { status: 500, title: 'The film could not be rendered' },
	'time-limit': { status: 504, title: 'It took longer than its time limit' },
	'attempts-exhausted': { status: 500, title: 'It was tried as often as allowed' },
	'storage-full': { status: 507, title: 'The disk is full' },
	'storage-failed': { status: 507, title: 'The folder for files cannot be read or written' },
	unavailable: { status: 503, title: 'The service is not ready; try again' },
	internal: { status: 500, title: 'Something went wrong on our side' },
} as const;

export type ProblemCode = keyof typeof problems;
export type InputError = { pointer: string; detail: string };

/** What goes over the wire: RFC 9457 problem details. */
export type ProblemDetails = {
	type: string;
	title: string;
	status: number;
	code: ProblemCode;
	detail?: string;
	requestId?: string;
	errors?: InputError[];
	/** From when it is worth trying again. */
	retryAt?: string;
};

/** A failure that was foreseen; thrown anywhere, turned into a reply at the edges only. */
export class Problem extends Error {
	readonly code: ProblemCode;
	readonly detail: string | undefined;
	readonly errors: InputError[] | undefined;
	readonly retryAt: string | undefined;
	/** How long whoever failed asked to be left alone; for those who try again by themselves. */
	readonly retryAfterMs: number | undefined;

	constructor(
		code: ProblemCode,
		detail?: string,
		options: {
			errors?: InputError[];
			retryAt?: string | undefined;
			retryAfterMs?: number | undefined;
			cause?: unknown;
		} = {},
	) {
		super(detail ?? problems[code].title, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'Problem';
		this.code = code;
		this.detail = detail;
		this.errors = options.errors;
		this.retryAt = options.retryAt;
		this.retryAfterMs = options.retryAfterMs;
	}

	/** The problem as RFC 9457 details. */
	details(requestId?: string): ProblemDetails {
		return {
			type: `/problems/${this.code}`,
			title: problems[this.code].title,
			status: problems[this.code].status,
			code: this.code,
			...(this.detail === undefined ? {} : { detail: this.detail }),
			...(requestId === undefined ? {} : { requestId }),
			...(this.errors === undefined ? {} : { errors: this.errors }),
			...(this.retryAt === undefined ? {} : { retryAt: this.retryAt }),
		};
	}
}
