internal import OmniFormats

/// Reads a pickle of tensors as data.
///
/// A pickle is a program for a stack machine, and Python's own reader calls whatever the program names. This one knows
/// the opcodes that a state dict uses and the names in ``PickleGlobal``; what other names make is a place-holder, and
/// nothing is run. Memory is bounded: what a step makes is taken from a budget, and stack and memo have limits.
struct PickleMachine: ~Escapable {
    /// PyTorch writes dictionaries in parts of a thousand members, so that the stack stays small.
    private static let stackLimit = 1 << 17
    /// What a pair of a dictionary takes in an array that grows from half its size, and an entry of the memo.
    static let pairByteCount = 4 * MemoryLayout<PickleValue>.stride
    /// What a container takes before it holds anything.
    private static let containerByteCount = 48
    private static let memoEntryByteCount = 4 * MemoryLayout<PickleValue>.stride

    let file: String
    private let bytes: RawSpan
    /// Where the pickle goes on, or has ended.
    private(set) var position: Int
    private var budget: ReadingBudget
    var heap = PickleHeap()
    /// Steps taken; no honest pickle holds more things than it takes steps to make them.
    private(set) var stepCount = 0

    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    /// Reads the pickle that starts at a byte.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at position: Int = 0, budget: ReadingBudget, file: String) {
        self.bytes = bytes
        self.position = position
        self.budget = budget
        self.file = file
    }

    /// Takes memory from the budget.
    mutating func spend(_ byteCount: Int) throws(CheckpointError) {
        do {
            try budget.take(byteCount: byteCount)
        } catch {
            throw CheckpointError(.overBudget, file: file, reason: error.reason)
        }
    }

    /// What the pickle left of its budget.
    var budgetLeft: ReadingBudget { budget }

    /// Runs to the end.
    ///
    /// - Returns: the value that the pickle describes; its parts are in ``heap``.
    mutating func run() throws(CheckpointError) -> PickleValue {
        while true {
            stepCount += 1
            let opcode = try UInt8(truncatingIfNeeded: integer(UInt8.self))
            if opcode == UInt8(ascii: ".") { return try pop() }
            if try pushConstant(opcode) { continue }
            if try fillContainer(opcode) { continue }
            if try remember(opcode) { continue }
            switch opcode {
            case 0x80:
                let version = try integer(UInt8.self)
                guard (2...5).contains(version) else { throw unsupported("pickle protocol \(version)") }
            case 0x95: _ = try integer(UInt64.self)
            case UInt8(ascii: "("):
                guard marks.count < Self.stackLimit else { throw unsupported("a pickle with so deep a stack") }
                marks.append(stack.count)
            case UInt8(ascii: "0"): _ = try pop()
            case UInt8(ascii: "1"): _ = try popToMark()
            case UInt8(ascii: "c"): try pushGlobal(module: line(), name: line())
            case 0x93:
                switch try (pop(), pop()) {
                case (.string(let name), .string(let module)): try pushGlobal(module: module, name: name)
                case (.ignored, .string), (.string, .ignored), (.ignored, .ignored):
                    try push(.foreign("a class whose name is not UTF-8"))
                default: throw malformed("a global without a name")
                }
            case UInt8(ascii: "R"), 0x81:
                let arguments = try pop()
                try push(call(pop(), arguments))
            case UInt8(ascii: "b"):
                // The state of a dictionary is `_metadata`, that of a tensor its attributes: a model needs neither.
                _ = try pop()
                switch try top() {
                case .dictionary, .tensor, .foreign, .unreadableTensor, .ignored: break
                default: throw unsupported("an object with state of its own")
                }
            case 0x92:
                // A class, its arguments and those with names.
                _ = try pop(count: 2)
                try push(call(pop(), heap.sequence([])))
            case UInt8(ascii: "Q"): try push(persistent(pop()))
            default: throw unsupported("the pickle opcode 0x\(String(opcode, radix: 16))")
            }
        }
    }

    // MARK: Opcodes by family; each returns whether the opcode was one of its own.

    private mutating func pushConstant(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.bool(true))
        case 0x89: try push(.bool(false))
        case UInt8(ascii: "K"): try push(.integer(integer(UInt8.self)))
        case UInt8(ascii: "M"): try push(.integer(integer(UInt16.self)))
        case UInt8(ascii: "J"): try push(.integer(integer(Int32.self)))
        case 0x8a: try push(long(byteCount: integer(UInt8.self)))
        case 0x8b: try push(long(byteCount: integer(Int32.self)))
        case UInt8(ascii: "G"):
            let range = try take(8)
            guard let bits = bytes.little(UInt64.self, at: range.lowerBound) else { throw malformed("a number") }
            try push(.float(Double(bitPattern: bits.byteSwapped)))
        // Text, or of Python 2 also bytes.
        case 0x8c, UInt8(ascii: "U"): try push(text(byteCount: integer(UInt8.self)))
        case UInt8(ascii: "X"): try push(text(byteCount: integer(UInt32.self)))
        case 0x8d: try push(text(byteCount: integer(UInt64.self)))
        case UInt8(ascii: "T"): try push(text(byteCount: integer(Int32.self)))
        case UInt8(ascii: "C"): try skip(integer(UInt8.self))
        case UInt8(ascii: "B"): try skip(integer(UInt32.self))
        case 0x8e, 0x96: try skip(integer(UInt64.self))
        default: return false
        }
        return true
    }

    private mutating func fillContainer(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case UInt8(ascii: ")"), UInt8(ascii: "]"): try push(sequence([]))
        case UInt8(ascii: "t"), UInt8(ascii: "l"): try push(sequence(popToMark()))
        case 0x85, 0x86, 0x87: try push(sequence(pop(count: Int(opcode) - 0x84)))
        case UInt8(ascii: "}"): try push(dictionary())
        case UInt8(ascii: "d"):
            let pairs = try popToMark()
            try push(dictionary())
            try set(pairs)
        case UInt8(ascii: "s"): try set(pop(count: 2))
        case UInt8(ascii: "u"): try set(popToMark())
        case UInt8(ascii: "a"): try append(pop(count: 1))
        case UInt8(ascii: "e"): try append(popToMark())
        // Sets hold hashable things, no tensors: their members are dropped.
        case 0x8f: try push(.ignored)
        case 0x90:
            _ = try popToMark()
            switch try top() {
            case .ignored, .foreign: break
            default: throw malformed("members for something that is not a set")
            }
        case 0x91:
            _ = try popToMark()
            try push(.ignored)
        default: return false
        }
        return true
    }

    private mutating func remember(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case UInt8(ascii: "q"): try memorize(integer(UInt8.self))
        case UInt8(ascii: "r"): try memorize(integer(UInt32.self))
        case 0x94: try memorize(memo.count)
        case UInt8(ascii: "h"): try recall(integer(UInt8.self))
        case UInt8(ascii: "j"): try recall(integer(UInt32.self))
        case UInt8(ascii: "2"): try push(top())
        default: return false
        }
        return true
    }

    private mutating func sequence(_ values: [PickleValue]) throws(CheckpointError) -> PickleValue {
        try spend(Self.containerByteCount + values.count * MemoryLayout<PickleValue>.stride)
        return heap.sequence(values)
    }

    private mutating func dictionary() throws(CheckpointError) -> PickleValue {
        try spend(Self.containerByteCount)
        return heap.dictionary()
    }

    private mutating func memorize(_ key: Int) throws(CheckpointError) {
        try spend(Self.memoEntryByteCount)
        memo[key] = try top()
    }

    private mutating func recall(_ key: Int) throws(CheckpointError) {
        guard let value = memo[key] else { throw malformed("memo \(key) is not set") }
        try push(value)
    }

    private mutating func set(_ values: [PickleValue]) throws(CheckpointError) {
        let target = try top()
        if target.isPlaceHolder { return }
        guard case .dictionary(let place) = target, values.count.isMultiple(of: 2) else {
            throw malformed("items for something that is not a dictionary")
        }
        try spend(values.count / 2 * Self.pairByteCount)
        for index in stride(from: 0, to: values.count, by: 2) {
            heap.dictionaries[place].append((values[index], values[index + 1]))
        }
    }

    private mutating func append(_ values: [PickleValue]) throws(CheckpointError) {
        let target = try top()
        if target.isPlaceHolder { return }
        guard case .sequence(let place) = target else { throw malformed("items for something that is not a list") }
        try spend(values.count * MemoryLayout<PickleValue>.stride)
        heap.sequences[place].append(contentsOf: values)
    }

    private mutating func pushGlobal(module: String, name: String) throws(CheckpointError) {
        // Both are looked through, character by character, and put together; and may be long texts of the memo.
        try spend(4 * (module.utf8.count + name.utf8.count))
        guard let global = PickleGlobal(module: module, name: name) else {
            throw unsupported("\(module).\(name)")
        }
        try push(.global(global))
    }

    // MARK: Stack

    private mutating func push(_ value: PickleValue) throws(CheckpointError) {
        guard stack.count < Self.stackLimit else { throw unsupported("a pickle with so deep a stack") }
        stack.append(value)
    }

    private func top() throws(CheckpointError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else { throw malformed("the stack is empty") }
        return value
    }

    private mutating func pop() throws(CheckpointError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(count: Int) throws(CheckpointError) -> [PickleValue] {
        guard stack.count - count >= (marks.last ?? 0) else { throw malformed("the stack is empty") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw malformed("there is no mark") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(CheckpointError) -> Range<Int> {
        guard count >= 0, count <= bytes.byteCount - position else { throw malformed("the pickle ends too early") }
        defer { position += count }
        return position..<position + count
    }

    private mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(CheckpointError) -> Int {
        let range = try take(MemoryLayout<Number>.size)
        guard let number = bytes.little(type, at: range.lowerBound), let value = Int(exactly: number) else {
            throw malformed("a number is out of range")
        }
        return value
    }

    /// A two's complement number; one of more than eight bytes is a value that no model needs, a seed for instance.
    private mutating func long(byteCount: Int) throws(CheckpointError) -> PickleValue {
        let range = try take(byteCount)
        guard byteCount <= 8 else { return .ignored }
        guard let last = range.last, let high = bytes.byte(at: last) else { return .integer(0) }
        return .integer(range.reversed().reduce(high >= 0x80 ? -1 : 0) { $0 << 8 | Int(bytes.byte(at: $1) ?? 0) })
    }

    /// Text. Python writes halves of surrogate pairs, which are no UTF-8: no name of a tensor has any, nor a run of
    /// many marks.
    private mutating func text(byteCount: Int) throws(CheckpointError) -> PickleValue {
        let range = try take(byteCount)
        try spend(range.count)
        guard let text = bytes.text(range), text.isStreamSafe else { return .ignored }
        return .string(text)
    }

    private mutating func skip(_ byteCount: Int) throws(CheckpointError) {
        _ = try take(byteCount)
        try push(.ignored)
    }

    /// Text up to a line feed: the names of globals.
    private mutating func line() throws(CheckpointError) -> String {
        let start = position
        while let byte = bytes.byte(at: position), byte != 0x0a, position - start <= 1024 { position += 1 }
        guard bytes.byte(at: position) == 0x0a, let text = bytes.text(start..<position) else {
            throw malformed("a name has no end")
        }
        guard text.isStreamSafe else { throw malformed(StreamSafeText.fault) }
        position += 1
        return text
    }

    func malformed(_ reason: String) -> CheckpointError {
        CheckpointError(.malformed, file: file, reason: "byte \(position) of the pickle: \(reason)")
    }

    func unsupported(_ what: String) -> CheckpointError {
        CheckpointError(
            .unsupported, file: file,
            reason: "byte \(position) of the pickle: \(what) has no place in a checkpoint of tensors")
    }
}
