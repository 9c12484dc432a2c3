#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The variables of the process.
enum Environment {
    /// A variable's value, `nil` when it is not set.
    static func value(of name: String) -> String? {
        // The system's string is copied at once; nothing here changes the environment.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
