-- The sub-merchant of a finding: the orders of a service provider's sub-merchants have numbers of their own.
ALTER TABLE finding ADD COLUMN sub_mch_id TEXT NOT NULL DEFAULT '';
-- And of what WeChat Pay said.
ALTER TABLE observation ADD COLUMN sub_mch_id TEXT NOT NULL DEFAULT '';
