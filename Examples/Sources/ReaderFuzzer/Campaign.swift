import Foundation

/// All batches, one process each, and what came of them.
struct Campaign {
    let fixtures: String
    let seed: Int

    private struct Outcome {
        var count = 0
        var readCount = 0
        var growth = 0
        var slowest = 0.0
        var slowestName = ""
        var faults: [String] = []
    }

    /// Runs as many files as `inputCount` asks for, in equal parts for each reader, and every hostile file.
    ///
    /// - Returns: whether there was no fault.
    func run(inputCount: Int) throws -> Bool {
        var total = Outcome()
        let perTarget = max(1, (inputCount + FuzzTarget.allCases.count - 1) / FuzzTarget.allCases.count)
        for target in FuzzTarget.allCases {
            var outcome = Outcome()
            var left = perTarget
            var batch = 0
            while left > 0 {
                let count = min(left, ReaderFuzzer.batchSize)
                let arguments = ["--batch", target.rawValue, String(seed + batch), String(count)]
                merge(try process(arguments), into: &outcome)
                left -= count
                batch += 1
            }
            print(target.rawValue, outcome)
            merge(outcome, into: &total)
        }
        var hostile = Outcome()
        for file in HostileFile.allCases {
            for byteCount in [100_000, 1_000_000, 8_000_000] {
                merge(try process(["--hostile", file.rawValue, String(byteCount)]), into: &hostile)
            }
        }
        print("hostile", hostile)
        merge(hostile, into: &total)
        print("all", total)
        for fault in total.faults { Swift.print("FAULT", fault) }
        return total.faults.isEmpty
    }

    private func print(_ name: String, _ outcome: Outcome) {
        let seconds = String(format: "%.3f", outcome.slowest)
        Swift.print(
            "\(name): \(outcome.count) files, \(outcome.readCount) read, at most \(outcome.growth >> 20) MiB, "
                + "slowest \(seconds) s (\(outcome.slowestName)), \(outcome.faults.count) faults")
    }

    private func merge(_ part: Outcome, into whole: inout Outcome) {
        whole.count += part.count
        whole.readCount += part.readCount
        whole.growth = max(whole.growth, part.growth)
        if part.slowest > whole.slowest { (whole.slowest, whole.slowestName) = (part.slowest, part.slowestName) }
        whole.faults += part.faults
    }

    private func process(_ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = [fixtures] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var outcome = Outcome()
        var place = "the start"
        var isDone = false
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 5).map { String($0) }
            switch parts.first {
            case "at": place = "file \(parts.last ?? "")"
            case "fault": outcome.faults.append(String(line.dropFirst(6)))
            case "done" where parts.count == 6:
                isDone = true
                outcome.count = Int(parts[1]) ?? 0
                outcome.readCount = Int(parts[2]) ?? 0
                outcome.growth = Int(parts[3]) ?? 0
                outcome.slowest = Double(parts[4]) ?? 0
                outcome.slowestName = parts[5]
            default: break
            }
        }
        if !isDone || process.terminationStatus != 0 {
            let ending = "\(arguments.joined(separator: " ")) ended with \(process.terminationStatus) after \(place)"
            outcome.faults.append(ending + ": " + message.prefix(300))
        }
        return outcome
    }
}
