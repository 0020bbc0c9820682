-- Puts buckets into a snapshot, each with its digest in a string of digests of one length.
-- `from`: index in ARGV of the first of `count` triples of index, value, digest.
local function put_buckets(snapshot, digests, digest_length, from, count)
  for i = 0, count - 1 do
    local at = from + i * 3
    redis.call('HSET', snapshot, ARGV[at], ARGV[at + 1])
    redis.call('SETRANGE', digests, ARGV[at] * digest_length, ARGV[at + 2])
  end
end
