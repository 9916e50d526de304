# fish completion for leasectl, printed by `leasectl completion fish`.

function __leasectl_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct | string unescape)
    set -q typed[1]; or set typed ''
    set -l program leasectl
    if test (string replace -r '.*/' '' -- $words[1]) = leasectl; and command -q -- $words[1]
        set program $words[1]
    end
    # Of what a shell would expand, `~/` and a variable at the beginning: no more than a path needs.
    set -l asked
    for word in $words[2..-1]
        set -l name (string match -r -g -- '^\$(\w+)(?:/.*)?$' $word)
        if set -q name[1]; and set -q $name[1]
            set word (string join -- ' ' $$name[1])(string replace -r -- '^\$\w+' '' $word)
        end
        set -a asked (string replace -r -- '^~/' "$HOME/" $word)
    end
    command -q -- $program; or return
    set -l lines (command $program __complete $asked "$typed" 2>/dev/null </dev/null)
    set -q lines[1]; or return
    set -l directive (string replace -f -r '^:(\d+)$' '$1' -- $lines[-1])
    set -q directive[1]; or return
    set -e lines[-1]

    # A value behind `--flag=` is a part of its word.
    set -l before (string match -r -- '^-[^=]*=' $typed)
    if set -q lines[1]
        for line in $lines
            printf '%s\n' "$before$line"
        end
    else if test $directive -eq 0
        if set -l at (contains -i -- -- $words)
            # Somebody else's command line.
            complete -C (string join -- ' ' (string escape -- $words[(math $at + 1)..-1]) (commandline -ct))
        else
            set -l before (string match -r -- '^.*=' $typed)
            set -l path (string replace -r -- '^.*=' '' $typed)
            set -l home (string match -r -- '^~/' $path)
            for file in (__fish_complete_path (string replace -r -- '^~/' "$HOME/" $path))
                test -n "$home"; and set file (string replace -- "$HOME/" '~/' $file)
                printf '%s\n' "$before$file"
            end
        end
    end
end

complete -c leasectl -e
complete -c leasectl -f -a '(__leasectl_complete)'
