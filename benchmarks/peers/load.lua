-- What wrk sends: requests from a file, in turns. Arguments: the file, a JSON body for each POST, and the number of the
-- first moment. A request with {since} gets a moment that no other one has: the numbers step through all seconds of 600
-- days, each once, and far enough that few of them already lie all over these days.
local BEGIN, SPAN_S, STEP_S = 1704067200, 51840000, 32038127
local requests, position, moment = {}, 0, 0

local function since()
    moment = moment + 1
    return os.date("!%Y-%m-%dT%H:%M:%SZ", BEGIN + moment * STEP_S % SPAN_S)
end

function init(args)
    local json = {["Content-Type"] = "application/json"}
    for line in io.lines(args[1]) do
        local method, address = line:match("^(%u+) (.*)$")
        local text = method == "POST" and wrk.format(method, address, json, args[2]) or wrk.format(method, address)
        local head, tail = text:match("^(.*){since}(.*)$")
        requests[#requests + 1] = head and {head, tail} or text
    end
    moment = tonumber(args[3])
end

function request()
    position = position % #requests + 1
    local one = requests[position]
    return type(one) == "string" and one or one[1] .. since() .. one[2]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        'measured {"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"bad_statuses":%d,"timeouts":%d,"broken":%d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.status, errors.timeout, errors.connect + errors.read + errors.write))
end
