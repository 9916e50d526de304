# bash completion for leasectl, printed by `leasectl completion bash`.
#
# It works with and without the bash-completion package, in bash 4 and newer. Nothing that is on the command line, or
# that a cluster answers, is ever evaluated.

# Split the command line up to the cursor into words as the shell would, without what it would expand:
# in _leasectl_words, the last being the one to complete; and that one as it is typed, in _leasectl_raw.
_leasectl_split() {
    local line=$1 word='' raw='' quote='' char='' begun='' i
    _leasectl_words=()
    for ((i = 0; i < ${#line}; i++)); do
        char=${line:i:1}
        if [[ $quote == "'" ]]; then
            if [[ $char == "'" ]]; then quote=''; else word+=$char; fi
        elif [[ $char == \\ ]]; then
            raw+=$char
            ((++i))
            char=${line:i:1}
            begun=1
            if [[ $quote == '"' && $char != [\"\\\$\`] ]]; then word+=\\; fi
            word+=$char
        elif [[ $quote == '"' ]]; then
            if [[ $char == '"' ]]; then quote=''; else word+=$char; fi
        elif [[ $char == [\"\'] ]]; then
            quote=$char
            begun=1
        elif [[ $char == [[:space:]] ]]; then
            if [[ -n $begun ]]; then _leasectl_words+=("$word"); fi
            word='' raw='' begun=''
            continue
        else
            if [[ -z $begun && $char == '~' && ${line:i+1:1} == / ]]; then char=$HOME; fi
            begun=1
            word+=$char
        fi
        raw+=${line:i:1}
    done
    _leasectl_words+=("$word")
    _leasectl_raw=$raw
}

# A word that begins with a variable, as in `--kubeconfig $HOME/x`; nothing else of it is expanded.
_leasectl_variables() {
    local i name='^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?(/.*)?$'
    for ((i = 1; i < ${#_leasectl_words[@]} - 1; i++)); do
        if [[ ${_leasectl_words[i]} =~ $name ]]; then
            _leasectl_words[i]=${!BASH_REMATCH[1]-}${BASH_REMATCH[2]}
        fi
    done
}

# The command line of somebody else behind `--`: its command, then files.
_leasectl_another_line() {
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then break; fi
    done
    if declare -F _command_offset >/dev/null; then
        compopt +o default 2>/dev/null
        _command_offset $((i + 1))
    elif ((COMP_CWORD == i + 1)) && [[ $1 != */* ]]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$1")
    fi
}

# Files behind an `=` that is a part of its word, since COMP_WORDBREAKS has none; elsewhere the shell offers them.
_leasectl_files_behind() {
    local file
    while IFS= read -r file; do
        if [[ -d $file ]]; then
            file+=/
            compopt -o nospace 2>/dev/null
        fi
        printf -v file '%q' "$file"
        file=$1$file
        COMPREPLY+=("${file#"$head"}")
    done < <(compgen -f -- "${word##*=}")
}

# Several choices with a word about each, one below the other; never what is put on the line.
_leasectl_describe() {
    local i about width=0 room=$((${COLUMNS:-80} - 4))
    if [[ ${lines[*]} != *"$tab"* ]]; then return; fi
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
        if ((${#COMPREPLY[i]} > width)); then width=${#COMPREPLY[i]}; fi
    done
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
        about=${lines[i]#*"$tab"}
        if [[ $about != "${lines[i]}" ]] && ((room - width > 8)); then
            printf -v "COMPREPLY[i]" "%-${width}s  (%s)" "${COMPREPLY[i]}" "${about:0:room-width}"
        fi
    done
}

_leasectl() {
    local _leasectl_words _leasectl_raw program directive last word flag='' head lines tab=$'\t'
    local IFS=$' \t\n'
    COMPREPLY=()
    _leasectl_split "${COMP_LINE:0:COMP_POINT}"
    program=${_leasectl_words[0]}
    if [[ ${program##*/} != leasectl ]] || ! type -P -- "$program" >/dev/null; then program=leasectl; fi

    # A value behind `--flag=` comes without what stands before it. And the shell replaces what stands behind the last
    # of COMP_WORDBREAKS alone, which is its second argument: the part before is cut from each choice.
    word=${_leasectl_words[${#_leasectl_words[@]} - 1]}
    if [[ $word == -*=* ]]; then flag=${word%%=*}=; fi
    head=$(_leasectl_split "${_leasectl_raw%"$2"}"; printf '%s' "${_leasectl_words[0]}")
    mapfile -t lines < <(_leasectl_variables; "$program" __complete "${_leasectl_words[@]:1}" 2>/dev/null </dev/null)
    last=$((${#lines[@]} - 1))
    if ((last < 0)) || [[ ! ${lines[last]} =~ ^:[0-9]+$ ]]; then return; fi
    directive=${lines[last]#:}
    unset -v 'lines[last]'
    if [[ -n $flag ]]; then
        for ((last = 0; last < ${#lines[@]}; last++)); do lines[last]=$flag${lines[last]}; done
    fi
    COMPREPLY=("${lines[@]%%"$tab"*}")
    COMPREPLY=("${COMPREPLY[@]#"$head"}")
    if ((directive & 4)); then compopt +o default 2>/dev/null; fi
    if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
    if ((directive == 0 && ${#COMPREPLY[@]} == 0)); then
        if [[ " ${_leasectl_words[*]:0:${#_leasectl_words[@]}-1} " == *' -- '* ]]; then
            _leasectl_another_line "$2"
        elif [[ $word == *=* && $head != *= ]]; then
            _leasectl_files_behind "${word%"${word##*=}"}"
        fi
    # 37 and 42 put choices on the line as they are, 63 and the others list them.
    elif ((${#COMPREPLY[@]} > 1 && COMP_TYPE != 37 && COMP_TYPE != 42)); then
        _leasectl_describe
    fi
}

if ((BASH_VERSINFO[0] >= 4)); then complete -o default -F _leasectl leasectl; fi
