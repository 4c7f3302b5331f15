-- AlterTable: nullable, so that the release before this one goes on reading and writing.
ALTER TABLE "items" ADD COLUMN "release" TEXT;
