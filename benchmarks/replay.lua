-- A day of a blog's feed, as its owner counted it: of 100 requests 26 were answered in full, 33 not
-- modified, 41 turned away for asking too often. We turn nobody away: those get it in full, too.
local etag = os.getenv("REPLAY_ETAG")
local path = os.getenv("REPLAY_PATH")
local whole, known
local n = 0

init = function()
  whole = wrk.format("GET", path, { ["Accept-Encoding"] = "gzip" })
  known = wrk.format("GET", path, { ["Accept-Encoding"] = "gzip", ["If-None-Match"] = etag })
end

request = function()
  n = n + 37
  return (n % 100) < 33 and known or whole
end
