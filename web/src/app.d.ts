import type { IncomingMessage } from 'node:http';
import type { Language, Theme } from '@reelroom/shared/account/account.ts';

declare global {
	namespace App {
		interface Locals {
			language: Language;
			theme: Theme;
		}
		interface Platform {
			req?: IncomingMessage;
		}
	}
}
export {};
