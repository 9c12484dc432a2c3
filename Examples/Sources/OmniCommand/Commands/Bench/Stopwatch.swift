/// Times something again and again.
enum Stopwatch {
    /// The median time of `body`, in seconds: once to warm up, then at least three times and for about a second.
    static func median(_ body: () throws -> Void) rethrows -> Double {
        try body()
        var times: [Duration] = []
        let start = ContinuousClock.now
        while times.count < 3 || (times.count < 300 && ContinuousClock.now - start < .seconds(1)) {
            try times.append(ContinuousClock().measure(body))
        }
        return times.sorted()[times.count / 2].seconds
    }
}
