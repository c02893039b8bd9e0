import { hash, verify } from '@node-rs/argon2';

// OWASP's least for argon2id; its 19 MiB per hash is why only a few run at once.
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

export type Passwords = ReturnType<typeof createPasswords>;

/** Hashes passwords with argon2id, a few at a time. */
export function createPasswords({ atOnce = 2 } = {}) {
	let running = 0;
	const waiting: (() => void)[] = [];
	let dummy: Promise<string> | undefined;

	async function inTurn<T>(work: () => Promise<T>): Promise<T> {
		if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
		else running++;
		try {
			return await work();
		} finally {
			// The place is handed on, so `running` changes only when nobody waits.
			const next = waiting.shift();
			if (next === undefined) running--;
			else next();
		}
	}

	return {
		hash: (password: string): Promise<string> => inTurn(() => hash(password, cost)),
		/** Whether the password is right; for an account that does not exist it takes as long and is wrong. */
		async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
			dummy ??= inTurn(() => hash('nobody has this password', cost));
			const against = passwordHash ?? (await dummy);
			const right = await inTurn(() => verify(against, password));
			return right && passwordHash !== undefined;
		},
	};
}
