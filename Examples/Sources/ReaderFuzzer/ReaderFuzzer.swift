import Foundation

/// Gives damaged and hostile files to every reader of model files. Each batch runs in a process of its own, so that a
/// trap is found and the rest goes on. A file that traps, or takes more than 64 MiB and four times its size, or more
/// than two seconds, is a fault; the name that is printed makes it again.
///
///     omni-fuzz FIXTURES [--inputs N] [--seed S]      all readers, N files in all, and every hostile file
///     omni-fuzz FIXTURES --batch READER SEED COUNT    one batch
///     omni-fuzz FIXTURES --hostile NAME BYTES         one hostile file
///     omni-fuzz FIXTURES --print READER SEED INDEX    the bytes of one file
///     omni-fuzz FIXTURES --file READER PATH…          whether files are read, or why not
@main
struct ReaderFuzzer {
    static let batchSize = 2500

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let folder = arguments.first else { return fail("omni-fuzz FIXTURES [--inputs N] [--seed S]") }
        let fixtures = URL(filePath: folder, directoryHint: .isDirectory)
        switch arguments.dropFirst().first {
        case "--batch", "--print":
            guard arguments.count == 5, let target = FuzzTarget(rawValue: arguments[2]),
                let seed = UInt64(arguments[3]), let count = Int(arguments[4])
            else { return fail("--batch READER SEED COUNT") }
            if arguments[1] == "--print" {
                try FileHandle.standardOutput.write(contentsOf: file(target, seed, count, target.seeds(in: fixtures)))
            } else {
                try runBatch(target, seed, count, fixtures)
            }
        case "--file":
            guard arguments.count > 3, let target = FuzzTarget(rawValue: arguments[2]) else {
                return fail("--file READER PATH…")
            }
            for path in arguments[3...] { try readFile(target, path) }
        case "--hostile":
            guard arguments.count == 4, let file = HostileFile(rawValue: arguments[2]), let count = Int(arguments[3])
            else { return fail("--hostile NAME BYTES") }
            try runHostile(file, count)
        default:
            func value(_ name: String) -> Int? {
                arguments.firstIndex(of: name).flatMap {
                    arguments.indices.contains($0 + 1) ? Int(arguments[$0 + 1]) : nil
                }
            }
            let campaign = Campaign(fixtures: folder, seed: value("--seed") ?? 1)
            if try !campaign.run(inputCount: value("--inputs") ?? 100_000) { exit(1) }
        }
    }

    private static func readFile(_ target: FuzzTarget, _ path: String) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
        try withScratch { scratch in report("\(path): \(try target.read(bytes, scratch: scratch) ?? "read")") }
    }

    static func fail(_ usage: String) {
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(64)
    }

    /// File number `index` of a batch.
    static func file(_ target: FuzzTarget, _ seed: UInt64, _ index: Int, _ seeds: [[UInt8]]) -> [UInt8] {
        var mutator = Mutator(target.syntax, seed: seed &* 1_000_003 &+ UInt64(index) &+ 1)
        _ = mutator.below(2)
        let first = seeds[mutator.below(seeds.count)]
        let second = seeds[mutator.below(seeds.count)]
        return mutator.mutated(first, second)
    }

    private static func withScratch(_ body: (URL) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "omni-fuzz-\(UUID().uuidString)")
        defer {
            try? FileManager.default.removeItem(at: url)
            try? FileManager.default.removeItem(at: url.appendingPathExtension("json"))
        }
        try body(url)
    }

    private static func runBatch(_ target: FuzzTarget, _ seed: UInt64, _ count: Int, _ fixtures: URL) throws {
        Worker.limitProcess(seconds: 600)
        let seeds = try target.seeds(in: fixtures)
        try withScratch { scratch in
            for seed in seeds { _ = try target.read(seed, scratch: scratch) }
            var worker = Worker(target, scratch: scratch)
            for index in 0..<count {
                // What is being read, for the parent to name when this process does not come back.
                if index % 50 == 0 { report("at \(index)") }
                try worker.read(file(target, seed, index, seeds), name: "\(target.rawValue) \(seed) \(index)")
            }
            finish(worker, count)
        }
    }

    private static func runHostile(_ file: HostileFile, _ byteCount: Int) throws {
        Worker.limitProcess(seconds: 60)
        let bytes = file.bytes(byteCount: byteCount)
        try withScratch { scratch in
            var worker = Worker(file.target, scratch: scratch)
            try worker.read(bytes, name: "\(file.rawValue) \(byteCount)")
            finish(worker, 1)
        }
    }

    private static func report(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    private static func finish(_ worker: Worker, _ count: Int) {
        for fault in worker.faults { report("fault \(fault)") }
        report(
            "done \(count) \(worker.readCount) \(worker.largestGrowth) \(worker.slowest) \(worker.slowestName)")
    }
}
