import Foundation

/// Zip archives whose entries are stored as they are, as PyTorch writes them.
enum StoredZip {
    static func little(_ value: Int, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// An archive. Check sums are left out: no reader here compares them.
    static func archive(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var result: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let sizes = little(entry.bytes.count, 4) + little(entry.bytes.count, 4)
            let name = Array(entry.name.utf8)
            let common = [UInt8](repeating: 0, count: 12) + sizes + little(name.count, 2) + little(0, 2)
            directory += [0x50, 0x4b, 1, 2] + little(20, 2) + little(20, 2) + common.dropFirst(2)
            directory += [UInt8](repeating: 0, count: 10) + little(result.count, 4) + name
            result += [0x50, 0x4b, 3, 4] + little(20, 2) + common.dropFirst(2) + name + entry.bytes
        }
        let start = result.count
        result += directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(entries.count, 2) + little(entries.count, 2)
        return result + little(directory.count, 4) + little(start, 4) + [0, 0]
    }

    /// What is wrong with a seed.
    struct MissingEntry: Error {}

    /// The bytes of the first entry whose name ends with `suffix`.
    static func entry(_ suffix: String, in bytes: [UInt8]) throws -> [UInt8] {
        func number(_ place: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        var place = number(bytes.count - 6, 4)
        while place + 46 < bytes.count, bytes[place] == 0x50, bytes[place + 2] == 1 {
            let nameCount = number(place + 28, 2)
            let name = String(decoding: bytes[place + 46..<place + 46 + nameCount], as: UTF8.self)
            let local = number(place + 42, 4)
            if name.hasSuffix(suffix) {
                let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
                return Array(bytes[start..<start + number(place + 20, 4)])
            }
            place += 46 + nameCount + number(place + 30, 2) + number(place + 32, 2)
        }
        throw MissingEntry()
    }
}
