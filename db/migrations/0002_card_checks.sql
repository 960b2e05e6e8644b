CREATE TABLE `card_checks` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`account_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`checked_at` integer,
	`checked_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `card_checks_token` ON `card_checks` (`token_hash`);--> statement-breakpoint
CREATE INDEX `card_checks_account` ON `card_checks` (`account_id`);