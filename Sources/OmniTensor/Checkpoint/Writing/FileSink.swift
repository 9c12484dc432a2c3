/// A checkpoint being written: an ``OutputFile`` whose failures are those of checkpoints.
struct FileSink: ~Copyable {
    /// The final path, for messages.
    var path: String { file.path }
    /// Bytes written so far.
    var position: Int { file.position }
    private let file: OutputFile

    /// - Throws: ``CheckpointError/Code/unwritable`` when the file cannot be created.
    init(_ path: String) throws(CheckpointError) {
        do { file = try OutputFile(path) } catch { throw CheckpointError(error) }
    }

    /// Appends bytes.
    mutating func append(_ bytes: [UInt8]) throws(CheckpointError) {
        do { try file.append(bytes) } catch { throw CheckpointError(error) }
    }

    /// Replaces bytes that were written before.
    func replace(_ bytes: [UInt8], at offset: Int) throws(CheckpointError) {
        do { try file.replace(bytes, at: offset) } catch { throw CheckpointError(error) }
    }

    /// Gives the file its name, replacing a file that has it.
    consuming func finish() throws(CheckpointError) {
        do { try file.finish() } catch { throw CheckpointError(error) }
    }
}

extension CheckpointError {
    package init(_ error: OutputFileError) {
        self.init(
            .unwritable, file: error.path, reason: "the file cannot be \(error.participle): \(error.reason)")
    }
}
